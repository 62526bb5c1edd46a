/** .NET. */
import { configure, firstEvent, type Guide, install, shell, snippet, step } from './guide.ts'

const dotnet: Guide = {
  id: 'dotnet',
  name: '.NET',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('dotnet add package Sentry')),
    step(
      'Configure, and send a first event',
      'Errors that nobody catches are sent by themselves.',
      snippet(
        'csharp',
        `
        using Sentry;

        using var sentry = SentrySdk.Init(options =>
        {
            options.Dsn = "${dsn.public}";
        });

        throw new InvalidOperationException("First event from .NET");
        `,
        'Program.cs',
      ),
    ),
  ],
}

const aspNetCore: Guide = {
  id: 'dotnet-aspnetcore',
  name: 'ASP.NET Core',
  place: 'machine',
  steps: ({ dsn }) => [
    install(shell('dotnet add package Sentry.AspNetCore')),
    configure(
      'Below the line that makes the builder.',
      snippet(
        'csharp',
        `
        builder.WebHost.UseSentry(options =>
        {
            options.Dsn = "${dsn.public}";
        });
        `,
        'Program.cs',
      ),
    ),
    firstEvent(
      'Add a route that fails, start the app and open it.',
      snippet(
        'csharp',
        `
        app.MapGet("/debug-error", string () =>
            throw new InvalidOperationException("First event from ASP.NET Core"));
        `,
        'Program.cs',
      ),
    ),
  ],
}

const aspNet: Guide = {
  id: 'dotnet-aspnet',
  name: 'ASP.NET',
  place: 'machine',
  steps: ({ dsn }) => [
    install(snippet('powershell', 'Install-Package Sentry.AspNet')),
    configure(
      snippet(
        'csharp',
        `
        using System;
        using System.Web;
        using Sentry;
        using Sentry.AspNet;

        public class MvcApplication : HttpApplication
        {
            private IDisposable _sentry;

            protected void Application_Start()
            {
                _sentry = SentrySdk.Init(options =>
                {
                    options.AddAspNet();
                    options.Dsn = "${dsn.public}";
                });
            }

            protected void Application_Error() => Server.CaptureLastError();

            protected void Application_End() => _sentry?.Dispose();
        }
        `,
        'Global.asax.cs',
      ),
    ),
    firstEvent(
      'Let a controller fail and open it.',
      snippet('csharp', 'throw new InvalidOperationException("First event from ASP.NET");'),
    ),
  ],
}

const maui: Guide = {
  id: 'dotnet-maui',
  name: '.NET MAUI',
  place: 'phone',
  steps: ({ dsn }) => [
    install(shell('dotnet add package Sentry.Maui')),
    configure(
      snippet(
        'csharp',
        `
        var builder = MauiApp.CreateBuilder();
        builder
            .UseMauiApp<App>()
            .UseSentry(options =>
            {
                options.Dsn = "${dsn.public}";
            });
        `,
        'MauiProgram.cs',
      ),
    ),
    firstEvent(snippet('csharp', 'SentrySdk.CaptureMessage("First event from .NET MAUI");')),
  ],
}

/** Windows of old and new kinds: one program, one user, hence the global mode. */
function windowed(options: { id: string; name: string; file: string; text: string; code: string }): Guide {
  const { id, name, file, text, code } = options
  return {
    id,
    name,
    place: 'machine',
    steps: ({ dsn }) => [
      install(snippet('powershell', 'Install-Package Sentry')),
      configure(text, snippet('csharp', code.replace('___DSN___', dsn.public), file)),
      firstEvent(snippet('csharp', `SentrySdk.CaptureMessage("First event from ${name}");`)),
    ],
  }
}

const windowedGuides: readonly Guide[] = [
  windowed({
    id: 'dotnet-wpf',
    name: 'WPF',
    file: 'App.xaml.cs',
    text: 'In the constructor of the application, which WPF needs to stay in charge of its own errors.',
    code: `
      public partial class App : Application
      {
          public App()
          {
              DispatcherUnhandledException += (_, e) => SentrySdk.CaptureException(e.Exception);
              SentrySdk.Init(options =>
              {
                  options.Dsn = "___DSN___";
                  options.IsGlobalModeEnabled = true;
              });
          }
      }
      `,
  }),
  windowed({
    id: 'dotnet-winforms',
    name: 'Windows Forms',
    file: 'Program.cs',
    text: 'Before the first window. Windows Forms has to throw what it would show.',
    code: `
      [STAThread]
      static void Main()
      {
          Application.SetUnhandledExceptionMode(UnhandledExceptionMode.ThrowException);
          using (SentrySdk.Init(options =>
          {
              options.Dsn = "___DSN___";
              options.IsGlobalModeEnabled = true;
          }))
          {
              Application.Run(new MainForm());
          }
      }
      `,
  }),
  windowed({
    id: 'dotnet-uwp',
    name: 'UWP',
    file: 'App.xaml.cs',
    text: 'In the constructor of the application.',
    code: `
      public App()
      {
          SentrySdk.Init(options =>
          {
              options.Dsn = "___DSN___";
              options.IsGlobalModeEnabled = true;
          });
          UnhandledException += (_, e) => SentrySdk.CaptureException(e.Exception);
          InitializeComponent();
      }
      `,
  }),
]

const xamarin: Guide = {
  id: 'dotnet-xamarin',
  name: 'Xamarin',
  place: 'phone',
  steps: ({ dsn }) => [
    install(snippet('powershell', 'Install-Package Sentry.Xamarin.Forms')),
    configure(
      'Where the app starts, on Android before `Forms.Init`.',
      snippet(
        'csharp',
        `
        SentryXamarin.Init(options =>
        {
            options.Dsn = "${dsn.public}";
            options.AddXamarinFormsIntegration();
        });
        `,
      ),
    ),
    firstEvent(snippet('csharp', 'SentrySdk.CaptureMessage("First event from Xamarin");')),
  ],
}

const awsLambdaNet: Guide = {
  id: 'dotnet-awslambda',
  name: 'AWS Lambda',
  place: 'cloud',
  steps: ({ dsn }) => [
    install(shell('dotnet add package Sentry.AspNetCore')),
    configure(
      'Events have to leave before the function is frozen, so each request waits for them.',
      snippet(
        'csharp',
        `
        public class LambdaEntryPoint : Amazon.Lambda.AspNetCoreServer.APIGatewayProxyFunction
        {
            protected override void Init(IWebHostBuilder builder)
            {
                builder
                    .UseSentry(options =>
                    {
                        options.Dsn = "${dsn.public}";
                        options.FlushOnCompletedRequest = true;
                    })
                    .UseStartup<Startup>();
            }
        }
        `,
        'LambdaEntryPoint.cs',
      ),
    ),
    firstEvent(
      'Let a controller fail, deploy it and open it.',
      snippet('csharp', 'throw new InvalidOperationException("First event from AWS Lambda");'),
    ),
  ],
}

const googleFunctionsNet: Guide = {
  id: 'dotnet-gcpfunctions',
  name: 'Google Cloud Functions',
  place: 'cloud',
  steps: ({ dsn }) => [
    install(shell('dotnet add package Sentry.Google.Cloud.Functions')),
    configure(
      snippet(
        'json',
        `
        {
          "Sentry": {
            "Dsn": "${dsn.public}"
          }
        }
        `,
        'appsettings.json',
      ),
    ),
    firstEvent(
      'Deploy it and run it once.',
      snippet(
        'csharp',
        `
        using Google.Cloud.Functions.Framework;
        using Google.Cloud.Functions.Hosting;
        using Microsoft.AspNetCore.Http;
        using Sentry;

        [assembly: FunctionsStartup(typeof(SentryStartup))]

        public class Function : IHttpFunction
        {
            public Task HandleAsync(HttpContext context) =>
                throw new InvalidOperationException("First event from Google Cloud Functions");
        }
        `,
        'Function.cs',
      ),
    ),
  ],
}

const powershell: Guide = {
  id: 'powershell',
  name: 'PowerShell',
  place: 'machine',
  steps: ({ dsn }) => [
    install(snippet('powershell', 'Install-Module -Name Sentry -Scope CurrentUser')),
    configure(
      snippet(
        'powershell',
        `
        Import-Module Sentry

        Start-Sentry {
            $_.Dsn = '${dsn.public}'
        }
        `,
        'main.ps1',
      ),
    ),
    firstEvent(
      snippet(
        'powershell',
        `
        try {
            throw 'First event from PowerShell'
        } catch {
            $_ | Out-Sentry
        }
        `,
        'main.ps1',
      ),
    ),
  ],
}

export const dotnetGuides: readonly Guide[] = [
  dotnet,
  aspNetCore,
  aspNet,
  maui,
  ...windowedGuides,
  xamarin,
  awsLambdaNet,
  googleFunctionsNet,
  powershell,
]
