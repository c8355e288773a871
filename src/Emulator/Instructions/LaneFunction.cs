using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>d = f(sources) on the bits of each lane, for instructions that are too rare or too mixed in types to be made fast.</summary>
internal sealed class LaneFunction(LaneSlot d, LaneSlot[] sources, Func<ulong[], ulong> function) : ValueInstruction
{
    /// <summary>How many of the first sources only have their bits moved about, as the other sources say.</summary>
    public int Moved { get; init; }

    /// <summary>The bits of the other sources that say how; the rest of them doesn't matter.</summary>
    public ulong Says { get; init; } = ulong.MaxValue;

    private readonly ulong[] values = new ulong[sources.Length];

    public override Unwritten Carry(Warp warp, int lane, int result)
    {
        PartlyWritten[] from = Array.ConvertAll(sources, s => PartlyWritten.Of(warp, s, lane));
        if (Moved == 0 || from.Skip(Moved).Any(s => (s.Missing & Says) != 0))
            return base.Carry(warp, lane, result);
        PartlyWritten first = from.First(s => s.Missing != 0);
        ulong missing = function([.. from.Select((s, i) => i < Moved ? s.Missing : s.Value)]);
        PartlyWritten moved = Moved == 1 ? first.Moved(missing)
            : first with { Missing = missing, IsComputed = from.Any(s => s.Missing != 0 && !s.IsCopied), IsMasked = false };
        return moved.ToUnwritten(Math.Max(d.Bytes, 1));
    }

    public override void Execute(Warp warp)
    {
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            for (int i = 0; i < sources.Length; i++)
                values[i] = sources[i].Read(warp, lane);
            d.Write(warp, lane, function(values));
        }
    }
}
