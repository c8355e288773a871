using System.Diagnostics;

namespace CogVideoX.Cli.Tests.Running;

/// <summary>One run of the program as a process of its own: for standard input, and for the folder that it runs in.</summary>
internal static class ProgramRun
{
    /// <param name="folder">Where it runs.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="args">Its arguments.</param>
    public static async Task<CliRun> Of(string folder, byte[] input, params string[] args)
    {
        var start = new ProcessStartInfo(DotnetPath(), [Path.Combine(AppContext.BaseDirectory, "cogvideox.dll"), .. args])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = ""; // no ffmpeg, whatever the machine has
        using var process = Process.Start(start)!;
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), error = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.BaseStream.WriteAsync(input, cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        return new CliRun(process.ExitCode, await output, await error);
    }

    // …/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll
    private static string DotnetPath()
    {
        string? folder = Path.GetDirectoryName(typeof(object).Assembly.Location);
        for (int up = 0; up < 3; up++)
            folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder!, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }
}
