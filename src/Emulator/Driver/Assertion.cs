namespace CogVideoX.Emulator.Driver;

/// <summary>__assertfail: message, file, line, function, bytes of a character.</summary>
internal static class Assertion
{
    public static ulong Fail(LaneCall call, ulong[] arguments)
    {
        string message = call.Text(arguments[0]), file = call.Text(arguments[1]), function = call.Text(arguments[3]);
        throw call.Fault(FaultKind.Assertion, $"{message} ({file}:{arguments[2]}, {function})");
    }
}
