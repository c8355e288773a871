using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli;

/// <summary>Turns exceptions into a line for the person at the keyboard and a code for the shell.</summary>
internal static class Failures
{
    private const string Overwrite = "--overwrite";

    public static async Task<int> GuardAsync(Terminal terminal, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            terminal.Say($"cogvideox: {Describe(exception)}");
            return CodeOf(exception);
        }
        catch (Exception exception) // the last resort: a bug, whose trace is wanted
        {
            terminal.SayAtLength($"cogvideox: {exception}");
            return ExitCode.Failed;
        }
    }

    private static int CodeOf(Exception exception) => exception switch
    {
        OperationCanceledException => ExitCode.Interrupted,
        UsageException or RequestException or OutputException => ExitCode.WrongUsage,
        _ => ExitCode.Failed,
    };

    private static string Describe(Exception exception) => exception switch
    {
        CancelledException { KeptState: { } state } => $"{exception.Message} (cogvideox generate --resume {Shell.Quote(state)})",
        CancelledException => exception.Message,
        OperationCanceledException => "Cancelled.",
        RequestException refused => PropertyNames.InWordsOfOptions($"{PropertyNames.Of(refused.Property)}: {refused.Problem}"),
        OutputException refused =>
            $"{PropertyNames.Of(refused.Property ?? "Output")}: {refused.Message}{(refused.IsTaken ? $" ({Overwrite} does)" : "")}",
        GenerationException { SavedLatents: null, KeptState: { } state } =>
            $"{InWords(exception)} (cogvideox generate --resume {Shell.Quote(state)} goes on)",
        GenerationException { SavedLatents: { } latents } =>
            $"{InWords(exception)} (cogvideox decode {Shell.Quote(latents)} --vae-tiling on -o FILE)",
        GenerationException => InWords(exception),
        OutOfMemoryException => $"there isn't enough memory: {exception.Message}",
        _ => FileErrors.Describe(exception),
    };

    private static string InWords(Exception exception) => PropertyNames.InWordsOfOptions(exception.Message);

    // Files, memory and our own checks explain themselves.
    private static bool IsExpected(Exception exception) =>
        exception is OperationCanceledException or IOException or InvalidDataException or UnauthorizedAccessException
            or OutOfMemoryException
        || exception.GetType().Namespace?.StartsWith("CogVideoX", StringComparison.Ordinal) == true;
}
