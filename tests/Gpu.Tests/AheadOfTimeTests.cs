using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using CogVideoX.Testing;
using Xunit;

namespace CogVideoX.Gpu.Tests;

/// <summary>
/// A copy of the program that is compiled ahead of time: it computes on the CPU alone, and nothing of ILGPU, which makes code at run time,
/// is in it. With <c>COGVIDEOX_PUBLISH_AHEAD=1</c>, for it takes minutes.
/// </summary>
public sealed class AheadOfTimeTests(ITestOutputHelper output)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task TheProgramMakesAVideoWithoutIlgpu()
    {
        Assert.SkipUnless(
            Environment.GetEnvironmentVariable("COGVIDEOX_PUBLISH_AHEAD") == "1", "It takes minutes; COGVIDEOX_PUBLISH_AHEAD=1 runs it.");
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        Assert.SkipUnless(
            folders.Any(place => File.Exists(Path.Combine(place, "clang"))),
            "There is no clang on PATH, by which .NET links such programs.");

        using var folder = new TemporaryFolder();
        string target = folder.File("out");
        (int code, string text, TimeSpan time) = await RunAsync(
            "dotnet", "publish", Path.Combine(Golden.Root, "src", "Cli"), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier,
            "-p:PublishAot=true", "--artifacts-path", folder.File("artifacts"), "-o", target, "-v:quiet", "-nologo",
            "-p:NuGetLockFilePath=obj/ahead.lock.json");
        Assert.SkipWhen(Regex.IsMatch(text, @"error NU1\d\d\d"), "NuGet hasn't got the compiler (Microsoft.DotNet.ILCompiler).");
        Assert.True(code == 0, text);

        string program = Path.Combine(target, "cogvideox");
        Assert.Empty(Directory.EnumerateFiles(target, "*.dll", SearchOption.AllDirectories));
        // Names of types and namespaces are in such a program. (One is left: the assembly that may see inside of our kernels.)
        Assert.Empty(Regex.Matches(Encoding.Latin1.GetString(await File.ReadAllBytesAsync(program, Cancellation)), "ILGPU(?!Runtime)"));

        string video = folder.File("video.png");
        (int generated, string said, TimeSpan run) = await RunAsync(
            program, "generate", "a red circle moving left on a gray background", "--steps", "4", "-o", video);
        Assert.True(generated == 0, said);
        Assert.True(File.Exists(video), said);
        output.WriteLine(
            $"published in {time.TotalSeconds:F0} s, a program of {new FileInfo(program).Length / 1e6:F1} MB; "
            + $"a video of 4 steps in {run.TotalSeconds:F1} s");
    }

    private static async Task<(int Code, string Text, TimeSpan Time)> RunAsync(string program, params string[] arguments)
    {
        var watch = Stopwatch.StartNew();
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using Process process = Process.Start(start)!;
        Task<string> standard = process.StandardOutput.ReadToEndAsync(Cancellation);
        Task<string> error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await standard + await error, watch.Elapsed);
    }
}
