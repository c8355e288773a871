namespace CogVideoX.Compiler.Frontend.Known;

/// <summary>System.Diagnostics.Debug: assertions become those of the driver. (Release builds have none of these calls.)</summary>
internal static class KnownDebug
{
    private const string Debug = "System.Diagnostics.Debug.";

    public static IEnumerable<KeyValuePair<string, Func<KnownCall, StackValue>>> Entries =>
    [
        new(Debug + "Assert(Boolean)", call => Assert(call, "")),
        new(Debug + "Assert(Boolean,String)", call => Assert(call, Message(call))),
        new(Debug + "Assert(Boolean,String,String)", call => Assert(call, Message(call))),
    ];

    private static StackValue Assert(KnownCall call, string message) => new Assertions(call.Kernel).Assert(call.Scalar(0), message);

    private static string Message(KnownCall call) => call.Arguments[1].Known as string ?? "";
}
