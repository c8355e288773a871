using System.CommandLine;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Media;

namespace CogVideoX.Cli;

/// <summary>Turns exceptions into a line for the person at the keyboard and a code for the shell.</summary>
internal static class Failures
{
    public static async Task<int> GuardAsync(Terminal terminal, Command verb, Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (OperationCanceledException exception)
        {
            terminal.Say($"cogvideox: {(exception is CancelledException ? exception.Message : "Cancelled.")}");
            return ExitCode.Interrupted;
        }
        catch (RequestException exception)
        {
            terminal.Say($"cogvideox: {NameOf(exception.Option, verb)}: {exception.Problem}");
            return ExitCode.WrongUsage;
        }
        catch (OutputException exception)
        {
            terminal.Say($"cogvideox: {exception.Message}");
            return ExitCode.WrongUsage;
        }
        catch (Exception exception) // the last resort: whatever failed is told, none is swallowed
        {
            terminal.Say($"cogvideox: {(IsExpected(exception) ? exception.Message : exception.ToString())}");
            return ExitCode.Failed;
        }
    }

    // The prompt is an argument of some verbs, and so has no dashes.
    private static string NameOf(string option, Command verb) => verb.Options.Any(known => known.Name == $"--{option}") ? $"--{option}" : option;

    // Files, memory and our own checks explain themselves; anything else is a bug, whose trace is wanted.
    private static bool IsExpected(Exception exception) =>
        exception is IOException or InvalidDataException or UnauthorizedAccessException or OutOfMemoryException
        || exception.GetType().Namespace?.StartsWith("CogVideoX", StringComparison.Ordinal) == true;
}
