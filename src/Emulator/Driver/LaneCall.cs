using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Driver;

/// <summary>
/// One lane's call of a function of the driver, which reads memory as the lane would: bounds, races and unwritten bytes are faults.
/// </summary>
internal readonly record struct LaneCall(Warp Warp, int Lane, int Line)
{
    /// <summary>More than any text of a kernel has.</summary>
    public const int LongestText = 1 << 16;

    /// <summary>Who calls, in words.</summary>
    public string Caller => $"block {Warp.Cta.Index}, thread {Warp.Cta.Launch.Block.At(Warp.Number * Warp.Lanes + Lane)}";

    /// <summary>A number at a generic address.</summary>
    public unsafe ulong Number(ulong address, int bytes)
    {
        byte* from = MemoryReference.Read(Warp, StateSpace.Generic, address, bytes, Lane, out Allocation? at, out UnwrittenBytes unwritten);
        if (unwritten.Any)
        {
            string message = $"a function of the driver reads {at?.SpaceText ?? "local"} memory that nobody has written";
            throw new FaultException(FaultKind.Uninitialized, message) { Lane = Lane, Address = address, Allocation = at?.Name };
        }
        return bytes switch { 1 => *from, 2 => *(ushort*)from, 4 => *(uint*)from, _ => *(ulong*)from };
    }

    /// <summary>A text at a generic address, each byte as one character, up to its zero or the most that is wanted.</summary>
    public string Text(ulong address, int most = LongestText)
    {
        var text = new System.Text.StringBuilder();
        while (text.Length < most)
        {
            ulong next = Number(address + (ulong)text.Length, 1);
            if (next == 0)
                return text.ToString();
            text.Append((char)next);
        }
        return most < LongestText ? text.ToString() : throw Fault(FaultKind.Invalid, $"a text doesn't end within {LongestText} bytes");
    }

    public FaultException Fault(FaultKind kind, string message) => new(kind, message) { Lane = Lane };
}
