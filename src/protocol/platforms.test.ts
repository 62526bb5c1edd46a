import { expect, test } from 'vitest'
import { isConsolePlatform, isKnownPlatform } from './platforms.ts'

const platforms = `
  other android apple apple-ios apple-macos bun capacitor cordova dart deno dotnet dotnet-aspnet
  dotnet-aspnetcore dotnet-awslambda dotnet-gcpfunctions dotnet-maui dotnet-uwp dotnet-winforms
  dotnet-wpf dotnet-xamarin electron elixir flutter go go-echo go-fasthttp go-fiber go-gin go-http
  go-iris go-martini go-negroni godot ionic java java-log4j2 java-logback java-spring java-spring-boot
  javascript javascript-angular javascript-astro javascript-ember javascript-gatsby javascript-nextjs
  javascript-nuxt javascript-react javascript-react-router javascript-remix javascript-solid
  javascript-solidstart javascript-svelte javascript-sveltekit javascript-tanstackstart-react
  javascript-vue kotlin minidump native native-qt nintendo-switch node node-awslambda
  node-azurefunctions node-cloudflare-pages node-cloudflare-workers node-connect node-express
  node-fastify node-gcpfunctions node-hapi node-hono node-koa node-nestjs php php-laravel php-symfony
  playstation powershell python python-aiohttp python-asgi python-awslambda python-bottle
  python-celery python-chalice python-django python-falcon python-fastapi python-flask
  python-gcpfunctions python-pylons python-pymongo python-pyramid python-quart python-rq python-sanic
  python-serverless python-starlette python-tornado python-tryton python-wsgi react-native ruby
  ruby-rack ruby-rails rust unity unreal xbox
`
  .trim()
  .split(/\s+/)

test.each(platforms)('%s is a platform that a project may be created for', (id) => {
  expect(isKnownPlatform(id)).toBe(true)
})

test.each(['', 'Python', ' python', 'cobol', 'python-', 'constructor'])('%j is no such platform', (id) => {
  expect(isKnownPlatform(id)).toBe(false)
})

test('an organization has to enable the platforms of consoles first', () => {
  expect(platforms.filter(isConsolePlatform)).toEqual(['nintendo-switch', 'playstation', 'xbox'])
})
