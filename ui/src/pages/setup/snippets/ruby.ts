/** Ruby. */
import { configure, firstEvent, type Guide, install, shell, snippet } from './guide.ts'

const ruby: Guide = {
  id: 'ruby',
  name: 'Ruby',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('bundle add sentry-ruby')),
    configure(
      snippet(
        'ruby',
        `
        require "sentry-ruby"

        Sentry.init do |config|
          config.dsn = "${dsn.public}"
        end
        `,
        'main.rb',
      ),
    ),
    firstEvent(
      snippet(
        'ruby',
        `
        begin
          raise "First event from Ruby"
        rescue => error
          Sentry.capture_exception(error)
        end
        `,
        'main.rb',
      ),
    ),
  ],
}

const rails: Guide = {
  id: 'ruby-rails',
  name: 'Rails',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('bundle add sentry-ruby sentry-rails')),
    configure(
      snippet(
        'ruby',
        `
        Sentry.init do |config|
          config.dsn = "${dsn.public}"
          config.breadcrumbs_logger = [:active_support_logger, :http_logger]
        end
        `,
        'config/initializers/sentry.rb',
      ),
    ),
    firstEvent(shell(`bin/rails runner 'Sentry.capture_message("First event from Rails")'`)),
  ],
}

const rack: Guide = {
  id: 'ruby-rack',
  name: 'Rack',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('bundle add sentry-ruby')),
    configure(
      'For Sinatra and every other Rack app.',
      snippet(
        'ruby',
        `
        require "sentry-ruby"

        Sentry.init do |config|
          config.dsn = "${dsn.public}"
        end

        use Sentry::Rack::CaptureExceptions
        `,
        'config.ru',
      ),
    ),
    firstEvent(
      'This app fails whatever is asked of it: start it with `rackup` and open it.',
      snippet('ruby', 'run ->(env) { raise "First event from Rack" }', 'config.ru'),
    ),
  ],
}

export const rubyGuides: readonly Guide[] = [ruby, rails, rack]
