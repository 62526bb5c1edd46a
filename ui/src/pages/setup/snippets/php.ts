/** PHP. */
import { configure, firstEvent, type Guide, install, shell, snippet, step } from './guide.ts'

const php: Guide = {
  id: 'php',
  name: 'PHP',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('composer require sentry/sentry')),
    configure(
      'As early as you can, right after the autoloader.',
      snippet(
        'php',
        `
        <?php

        require __DIR__ . '/vendor/autoload.php';

        \\Sentry\\init([
            'dsn' => '${dsn.public}',
        ]);
        `,
        'index.php',
      ),
    ),
    firstEvent(
      'Errors that nobody catches are sent by themselves.',
      snippet('php', "throw new \\RuntimeException('First event from PHP');", 'index.php'),
    ),
  ],
}

const laravel: Guide = {
  id: 'php-laravel',
  name: 'Laravel',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('composer require sentry/sentry-laravel')),
    step(
      'Report what Laravel catches',
      'For Laravel 11 and newer: add the marked lines.',
      snippet(
        'php',
        `
        use Sentry\\Laravel\\Integration; // add this

        return Application::configure(basePath: dirname(__DIR__))
            // …
            ->withExceptions(function (Exceptions $exceptions) {
                Integration::handles($exceptions); // and this
            })->create();
        `,
        'bootstrap/app.php',
      ),
    ),
    configure(
      'This writes `config/sentry.php` and puts the DSN into `.env`.',
      shell(`php artisan sentry:publish --dsn=${dsn.public}`),
    ),
    firstEvent(shell('php artisan sentry:test')),
  ],
}

const symfony: Guide = {
  id: 'php-symfony',
  name: 'Symfony',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('composer require sentry/sentry-symfony')),
    configure(
      snippet('ini', `SENTRY_DSN="${dsn.public}"`, '.env'),
      snippet(
        'yaml',
        `
        sentry:
            dsn: '%env(SENTRY_DSN)%'
        `,
        'config/packages/sentry.yaml',
      ),
    ),
    firstEvent(shell('php bin/console sentry:test')),
  ],
}

export const phpGuides: readonly Guide[] = [php, laravel, symfony]
