using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CogVideoX.Cli.Tests.Running;

/// <summary>One run of the program as a process of its own: for standard streams, signals, and the folder that it runs in.</summary>
internal sealed partial class ProgramRun : IDisposable
{
    // A shell that starts something in the background lets it ignore Ctrl-C, and all that it starts: coreutils can undo that.
    private static readonly Lazy<string[]> DefaultSignals = new(() =>
    {
        string[] command = ["/usr/bin/env", "--default-signal=INT,TERM,HUP"];
        if (!File.Exists(command[0]))
            return [];
        using var trial = Process.Start(new ProcessStartInfo(command[0], [command[1], "true"]) { RedirectStandardError = true })!;
        trial.WaitForExit();
        return trial.ExitCode == 0 ? command : [];
    });

    private readonly Process process;
    private readonly Task<string> output, error;
    private readonly TaskCompletionSource firstResult = new(), firstMessage = new();

    private ProgramRun(string folder, string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { WorkingDirectory = folder };
        (start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (true, true, true);
        start.Environment["PATH"] = ""; // no ffmpeg, whatever the machine has
        process = Process.Start(start)!;
        output = ReadAsync(process.StandardOutput, firstResult);
        error = ReadAsync(process.StandardError, firstMessage);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The command that starts the program, for shells.</summary>
    public static string[] Command { get; } = [DotnetPath(), Path.Combine(AppContext.BaseDirectory, "cogvideox.dll")];

    /// <summary>Starts it, with its standard input open.</summary>
    public static ProgramRun Start(string folder, params string[] args) => new(folder, [.. Command, .. args]);

    /// <summary>The same with signals as a terminal's shell gives them, whatever this process was started by.</summary>
    public static ProgramRun StartForSignals(string folder, params string[] args) =>
        new(folder, [.. DefaultSignals.Value, .. Command, .. args]);

    /// <summary>The same with variables of its environment, each <c>NAME=VALUE</c>.</summary>
    public static ProgramRun StartForSignals(string folder, IReadOnlyList<string> variables, string[] args) =>
        new(folder, [.. DefaultSignals.Value, "/usr/bin/env", .. variables, .. Command, .. args]);

    /// <param name="folder">Where it runs.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="args">Its arguments.</param>
    public static async Task<CliRun> Of(string folder, byte[] input, params string[] args)
    {
        using ProgramRun run = Start(folder, args);
        await run.WriteAsync(input);
        run.process.StandardInput.Close();
        return await run.EndAsync();
    }

    /// <summary>A line of a POSIX shell, in which <c>"$@"</c> is the program.</summary>
    public static async Task<CliRun> OfShell(string folder, string line)
    {
        using var run = new ProgramRun(folder, ["/bin/sh", "-c", line, "sh", .. Command]);
        run.process.StandardInput.Close();
        return await run.EndAsync();
    }

    /// <summary>Waits for the first line on standard output.</summary>
    public Task FirstResultAsync() => firstResult.Task.WaitAsync(Cancellation);

    /// <summary>Waits for the first line on standard error.</summary>
    public Task FirstMessageAsync() => firstMessage.Task.WaitAsync(Cancellation);

    /// <summary>Writes to its standard input, which stays open.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> input)
    {
        await process.StandardInput.BaseStream.WriteAsync(input, Cancellation);
        await process.StandardInput.BaseStream.FlushAsync(Cancellation);
    }

    public void Send(PosixSignal signal)
    {
        int number = signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGINT => 2, _ => 15 };
        Assert.Equal(0, Kill(process.Id, number));
    }

    /// <summary>Ends it as a system that is out of memory does: it learns nothing of it.</summary>
    public void Kill() => process.Kill();

    public async Task<CliRun> EndAsync()
    {
        await process.WaitForExitAsync(Cancellation);
        return new CliRun(process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    private static async Task<string> ReadAsync(StreamReader stream, TaskCompletionSource begun)
    {
        string? first = await stream.ReadLineAsync(Cancellation);
        begun.SetResult();
        return first is null ? "" : $"{first}\n{await stream.ReadToEndAsync(Cancellation)}";
    }

    // …/dotnet/shared/Microsoft.NETCore.App/10.0.0/System.Private.CoreLib.dll
    private static string DotnetPath()
    {
        string? folder = Path.GetDirectoryName(typeof(object).Assembly.Location);
        for (int up = 0; up < 3; up++)
            folder = Path.GetDirectoryName(folder);
        return Path.Combine(folder!, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
