/** Java and Kotlin on servers and desktops. */
import { configure, firstEvent, type Guide, install, type Snippet, snippet, step } from './guide.ts'
import { versions } from './versions.ts'

const version = versions.sentryJava

/** For both build tools. */
function dependency(artifact: string): readonly [Snippet, Snippet] {
  return [
    snippet(
      'kotlin',
      `
      dependencies {
          implementation("io.sentry:${artifact}:${version}")
      }
      `,
      'build.gradle.kts',
    ),
    snippet(
      'xml',
      `
      <dependency>
        <groupId>io.sentry</groupId>
        <artifactId>${artifact}</artifactId>
        <version>${version}</version>
      </dependency>
      `,
      'pom.xml',
    ),
  ]
}

const eitherTool = 'With Gradle or with Maven.'

const java: Guide = {
  id: 'java',
  name: 'Java',
  place: 'machine',
  steps: ({ dsn }) => [
    install(eitherTool, ...dependency('sentry')),
    step(
      'Configure, and send a first event',
      snippet(
        'java',
        `
        import io.sentry.Sentry;

        public class Main {
          public static void main(String[] args) {
            Sentry.init(options -> {
              options.setDsn("${dsn.public}");
            });

            Sentry.captureException(new IllegalStateException("First event from Java"));
          }
        }
        `,
        'Main.java',
      ),
    ),
  ],
}

const kotlin: Guide = {
  id: 'kotlin',
  name: 'Kotlin',
  place: 'machine',
  steps: ({ dsn }) => [
    install(eitherTool, ...dependency('sentry')),
    step(
      'Configure, and send a first event',
      snippet(
        'kotlin',
        `
        import io.sentry.Sentry

        fun main() {
            Sentry.init { options ->
                options.dsn = "${dsn.public}"
            }

            Sentry.captureException(IllegalStateException("First event from Kotlin"))
        }
        `,
        'Main.kt',
      ),
    ),
  ],
}

const failingController = (name: string): Snippet =>
  snippet(
    'java',
    `
    import org.springframework.web.bind.annotation.GetMapping;
    import org.springframework.web.bind.annotation.RestController;

    @RestController
    class DebugController {
      @GetMapping("/debug-error")
      String fail() {
        throw new IllegalStateException("First event from ${name}");
      }
    }
    `,
    'DebugController.java',
  )

const springBoot: Guide = {
  id: 'java-spring-boot',
  name: 'Spring Boot',
  place: 'machine',
  steps: ({ dsn }) => [
    install(
      'For Spring Boot 4. For Spring Boot 3 take `sentry-spring-boot-starter-jakarta`.',
      ...dependency('sentry-spring-boot-4-starter'),
    ),
    configure(snippet('ini', `sentry.dsn=${dsn.public}`, 'src/main/resources/application.properties')),
    firstEvent(
      'Add a route that fails, start the app and open `/debug-error`.',
      failingController('Spring Boot'),
    ),
  ],
}

const spring: Guide = {
  id: 'java-spring',
  name: 'Spring',
  place: 'machine',
  steps: ({ dsn }) => [
    install(
      'For Spring 7. For Spring 6 take `sentry-spring-jakarta`, and `io.sentry.spring.jakarta` below.',
      ...dependency('sentry-spring-7'),
    ),
    configure(
      snippet(
        'java',
        `
        import io.sentry.spring7.EnableSentry;
        import org.springframework.context.annotation.Configuration;

        @EnableSentry(dsn = "${dsn.public}")
        @Configuration
        class SentryConfiguration {}
        `,
        'SentryConfiguration.java',
      ),
    ),
    firstEvent('Add a route that fails, start the app and open `/debug-error`.', failingController('Spring')),
  ],
}

const logback: Guide = {
  id: 'java-logback',
  name: 'Logback',
  place: 'machine',
  steps: ({ dsn }) => [
    install(eitherTool, ...dependency('sentry-logback')),
    configure(
      'Errors become events, what was logged before them goes along.',
      snippet(
        'xml',
        `
        <configuration>
          <appender name="Sentry" class="io.sentry.logback.SentryAppender">
            <options>
              <dsn>${dsn.public}</dsn>
            </options>
          </appender>

          <root level="info">
            <appender-ref ref="Sentry" />
          </root>
        </configuration>
        `,
        'src/main/resources/logback.xml',
      ),
    ),
    loggedError,
  ],
}

const log4j2: Guide = {
  id: 'java-log4j2',
  name: 'Log4j 2',
  place: 'machine',
  steps: ({ dsn }) => [
    install(eitherTool, ...dependency('sentry-log4j2')),
    configure(
      'Errors become events, what was logged before them goes along.',
      snippet(
        'xml',
        `
        <Configuration status="warn" packages="org.apache.logging.log4j.core,io.sentry.log4j2">
          <Appenders>
            <Sentry name="Sentry" dsn="${dsn.public}" />
          </Appenders>
          <Loggers>
            <Root level="info">
              <AppenderRef ref="Sentry" />
            </Root>
          </Loggers>
        </Configuration>
        `,
        'src/main/resources/log4j2.xml',
      ),
    ),
    loggedError,
  ],
}

const loggedError = firstEvent(
  snippet('java', 'logger.error("First event from Java", new IllegalStateException("Logged on purpose"));'),
)

export const jvmGuides: readonly Guide[] = [java, kotlin, springBoot, spring, logback, log4j2]
