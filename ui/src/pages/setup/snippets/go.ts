/** Go. */
import { type Guide, install, shell, snippet, step } from './guide.ts'

const go: Guide = {
  id: 'go',
  name: 'Go',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('go get github.com/getsentry/sentry-go')),
    step(
      'Configure, and send a first event',
      'What is captured is sent in the background: flush before the program ends.',
      snippet(
        'go',
        `
        package main

        import (
        	"errors"
        	"log"
        	"time"

        	"github.com/getsentry/sentry-go"
        )

        func main() {
        	err := sentry.Init(sentry.ClientOptions{
        		Dsn: "${dsn.public}",
        	})
        	if err != nil {
        		log.Fatalf("sentry.Init: %s", err)
        	}
        	defer sentry.Flush(2 * time.Second)

        	sentry.CaptureException(errors.New("First event from Go"))
        }
        `,
        'main.go',
      ),
    ),
  ],
}

interface Framework {
  readonly id: string
  readonly name: string
  /** The package below sentry-go. */
  readonly module: string
  /** Further imports. */
  readonly imports: readonly string[]
  /** Makes the app, puts the middleware into it, and adds a route that fails. */
  readonly app: string
}

/** `Repanic` lets the framework answer as it always does. */
function framework({ id, name, module, imports, app }: Framework): Guide {
  const path = `github.com/getsentry/sentry-go/${module}`
  const alias = `sentry${module}`
  return {
    id,
    name,
    place: 'machine',
    steps: ({ dsn }) => [
      install(shell(`go get github.com/getsentry/sentry-go ${path}`)),
      step(
        'Configure, and send a first event',
        'Start the app and open `/debug-error`, which panics.',
        snippet(
          'go',
          [
            'package main',
            '',
            'import (',
            '\t"log"',
            ...(imports.includes('net/http') ? ['\t"net/http"'] : []),
            '',
            '\t"github.com/getsentry/sentry-go"',
            `\t${alias} "${path}"`,
            ...imports.filter((each) => each !== 'net/http').map((each) => `\t"${each}"`),
            ')',
            '',
            'func main() {',
            '\terr := sentry.Init(sentry.ClientOptions{',
            `\t\tDsn: "${dsn.public}",`,
            '\t})',
            '\tif err != nil {',
            '\t\tlog.Fatalf("sentry.Init: %s", err)',
            '\t}',
            '',
            ...app
              .trim()
              .split('\n')
              .map((line) => (line === '' ? '' : `\t${line}`)),
            '}',
          ].join('\n'),
          'main.go',
        ),
      ),
    ],
  }
}

const goFrameworks: readonly Guide[] = [
  framework({
    id: 'go-http',
    name: 'net/http',
    module: 'http',
    imports: ['net/http'],
    app: `
handler := sentryhttp.New(sentryhttp.Options{Repanic: true})
http.HandleFunc("/debug-error", handler.HandleFunc(func(w http.ResponseWriter, r *http.Request) {
	panic("First event from net/http")
}))
log.Fatal(http.ListenAndServe(":3000", nil))
`,
  }),
  framework({
    id: 'go-gin',
    name: 'Gin',
    module: 'gin',
    imports: ['github.com/gin-gonic/gin'],
    app: `
app := gin.Default()
app.Use(sentrygin.New(sentrygin.Options{Repanic: true}))
app.GET("/debug-error", func(c *gin.Context) {
	panic("First event from Gin")
})
log.Fatal(app.Run(":3000"))
`,
  }),
  framework({
    id: 'go-echo',
    name: 'Echo',
    module: 'echo',
    imports: ['net/http', 'github.com/labstack/echo/v4', 'github.com/labstack/echo/v4/middleware'],
    app: `
app := echo.New()
app.Use(middleware.Recover())
app.Use(sentryecho.New(sentryecho.Options{Repanic: true}))
app.GET("/debug-error", func(c echo.Context) error {
	panic("First event from Echo")
})
if err := app.Start(":3000"); err != http.ErrServerClosed {
	log.Fatal(err)
}
`,
  }),
  framework({
    id: 'go-fiber',
    name: 'Fiber',
    module: 'fiber',
    imports: ['github.com/gofiber/fiber/v2', 'github.com/gofiber/fiber/v2/middleware/recover'],
    app: `
app := fiber.New()
app.Use(recover.New())
app.Use(sentryfiber.New(sentryfiber.Options{Repanic: true}))
app.Get("/debug-error", func(c *fiber.Ctx) error {
	panic("First event from Fiber")
})
log.Fatal(app.Listen(":3000"))
`,
  }),
  framework({
    id: 'go-fasthttp',
    name: 'fasthttp',
    module: 'fasthttp',
    imports: ['github.com/valyala/fasthttp'],
    app: `
handler := sentryfasthttp.New(sentryfasthttp.Options{})
log.Fatal(fasthttp.ListenAndServe(":3000", handler.Handle(func(ctx *fasthttp.RequestCtx) {
	panic("First event from fasthttp")
})))
`,
  }),
  framework({
    id: 'go-iris',
    name: 'Iris',
    module: 'iris',
    imports: ['github.com/kataras/iris/v12'],
    app: `
app := iris.Default()
app.Use(sentryiris.New(sentryiris.Options{Repanic: true}))
app.Get("/debug-error", func(ctx iris.Context) {
	panic("First event from Iris")
})
log.Fatal(app.Listen(":3000"))
`,
  }),
  framework({
    id: 'go-negroni',
    name: 'Negroni',
    module: 'negroni',
    imports: ['net/http', 'github.com/urfave/negroni/v3'],
    app: `
mux := http.NewServeMux()
mux.HandleFunc("/debug-error", func(w http.ResponseWriter, r *http.Request) {
	panic("First event from Negroni")
})
app := negroni.Classic()
app.Use(sentrynegroni.New(sentrynegroni.Options{Repanic: true}))
app.UseHandler(mux)
log.Fatal(http.ListenAndServe(":3000", app))
`,
  }),
]

export const goGuides: readonly Guide[] = [go, ...goFrameworks]
