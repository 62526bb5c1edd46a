// Reads SENTRY_DSN by itself.
package main

import (
	"errors"
	"log"
	"time"

	"github.com/getsentry/sentry-go"
)

func main() {
	if err := sentry.Init(sentry.ClientOptions{Environment: "staging", Release: "shop@1.2.3"}); err != nil {
		log.Fatal(err)
	}
	sentry.CaptureException(errors.New("the basket is empty"))
	if !sentry.Flush(10 * time.Second) {
		log.Fatal("not everything was sent")
	}
}
