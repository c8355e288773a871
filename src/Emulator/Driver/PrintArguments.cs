using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Driver;

/// <summary>The arguments of a printf, read one after the other from the buffer that the caller filled.</summary>
internal sealed class PrintArguments(LaneCall call, ulong buffer)
{
    private ulong offset;

    /// <summary>Arguments so far.</summary>
    public int Count { get; private set; }

    public int NextInt32() => (int)Next(4);

    public ulong Next(int bytes)
    {
        offset = (offset + (ulong)bytes - 1) & ~((ulong)bytes - 1);
        ulong value = call.Number(buffer + offset, bytes);
        offset += (ulong)bytes;
        Count++;
        return value;
    }

    public string Text(ulong address, int? most) => call.Text(address, Math.Min(most ?? LaneCall.LongestText, LaneCall.LongestText));

    public FaultException Wrong(string problem) => call.Fault(FaultKind.Invalid, $"printf: {problem}");
}
