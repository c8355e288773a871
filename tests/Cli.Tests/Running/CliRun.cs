using CogVideoX.Testing;

namespace CogVideoX.Cli.Tests.Running;

/// <summary>One run of the program within this process.</summary>
/// <param name="Code">Its exit code.</param>
/// <param name="Output">What it wrote on standard output.</param>
/// <param name="Error">What it wrote on standard error.</param>
internal sealed record CliRun(int Code, string Output, string Error)
{
    /// <summary>The bundled model, as the tests see it.</summary>
    public static string Shapes { get; } = Path.Combine(Golden.Root, "models", "shapes");

    /// <summary>The tiny checkpoint of kind 2b.</summary>
    public static string Tiny { get; } = Golden.Path("checkpoints/2b");

    /// <summary>The lines of standard output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<CliRun> Of(params string[] args) => Until(TestContext.Current.CancellationToken, args);

    /// <summary>A run that is interrupted.</summary>
    public static async Task<CliRun> Until(CancellationToken cancellation, params string[] args)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int code = await CommandLine.RunAsync(args, output, error, cancellation);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>A run that must succeed.</summary>
    public static async Task<CliRun> Done(params string[] args)
    {
        CliRun run = await Of(args);
        Assert.True(run.Code == ExitCode.Done, run.Error);
        return run;
    }

    /// <summary>A run that must end with that code and one line that says all of this, and print nothing else.</summary>
    public static async Task Fails(int code, string[] args, params string[] says)
    {
        CliRun run = await Of(args);
        Assert.Equal(code, run.Code);
        Assert.Equal("", run.Output);
        Assert.StartsWith("cogvideox: ", run.Error);
        Assert.Equal(1, run.Error.Count(c => c == '\n'));
        Assert.EndsWith("\n", run.Error);
        Assert.All(says, text => Assert.Contains(text, run.Error));
    }
}
