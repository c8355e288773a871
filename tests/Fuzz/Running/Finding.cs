using System.Diagnostics;

namespace CogVideoX.Fuzz.Running;

/// <summary>Something that the product shouldn't have done.</summary>
/// <param name="Kind">of the input</param> <param name="Seed">of the input</param>
/// <param name="What">type of an exception, or hang, growth, death</param>
/// <param name="Frame">the first method of the product on the stack</param>
/// <param name="Message">what was said</param> <param name="Count">how often, up to here, in one process</param>
internal sealed record Finding(string Kind, ulong Seed, string What, string Frame, string Message, long Count = 1)
{
    private const string Product = "CogVideoX.";
    private const string Ours = "CogVideoX.Fuzz.";

    /// <summary>Two findings of one group have most likely one cause.</summary>
    public string Group => $"{Kind}: {What} in {Frame}";

    public static Finding Of(string kind, ulong seed, string what, Exception exception) =>
        new(kind, seed, what, FrameOf(exception), exception.Message);

    /// <summary>The first method of the product in a stack trace as text.</summary>
    public static string FrameIn(string trace) => trace.Split('\n').Select(line => line.Trim())
        .FirstOrDefault(
            line => line.StartsWith("at " + Product, StringComparison.Ordinal)
                && !line.StartsWith("at " + Ours, StringComparison.Ordinal))?.Split(" in ")[0]
            ?? "?";

    private static string FrameOf(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            foreach (StackFrame frame in new StackTrace(inner, fNeedFileInfo: true).GetFrames())
            {
                Type? type = frame.GetMethod()?.DeclaringType;
                if (type?.FullName is not { } name || !name.StartsWith(Product, StringComparison.Ordinal)
                    || name.StartsWith(Ours, StringComparison.Ordinal))
                {
                    continue;
                }
                return $"{name}.{frame.GetMethod()!.Name}, {Path.GetFileName(frame.GetFileName())}:{frame.GetFileLineNumber()}";
            }
        }
        return "?";
    }
}
