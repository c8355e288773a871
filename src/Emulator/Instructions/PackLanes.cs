using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>mov between a register and a vector of smaller ones, the first part lowest.</summary>
internal sealed unsafe class PackLanes(int whole, int wholeBytes, LaneSlot[] parts, bool unpack) : ValueInstruction
{
    public override Unwritten Carry(Warp warp, int lane, int result)
    {
        int size = wholeBytes / parts.Length;
        if (unpack)
        {
            Unwritten all = warp.Unwritten.Of(whole, lane);
            return all with { Bytes = all.Bytes.Part(Array.FindIndex(parts, p => p.Slot == Destinations.ElementAt(result)) * size, size) };
        }
        Unwritten packed = default;
        for (int i = 0; i < parts.Length; i++)
        {
            Unwritten part = warp.Unwritten.Of(parts[i].Slot, lane);
            packed = packed.Join(part with { Bytes = part.Bytes.Part(0, size).Up(i * size) });
        }
        return packed;
    }

    public override void Execute(Warp warp)
    {
        int bits = wholeBytes * 8 / parts.Length;
        for (uint rest = warp.Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (unpack)
                Unpack(warp, lane, bits);
            else
                Pack(warp, lane, bits);
        }
    }

    private void Pack(Warp warp, int lane, int bits)
    {
        UInt128 value = 0;
        for (int i = 0; i < parts.Length; i++)
            value |= (UInt128)parts[i].Read(warp, lane) << bits * i;
        if (wholeBytes == 16)
            warp.Slot<UInt128>(whole)[lane] = value;
        else
            new LaneSlot(whole, wholeBytes).Write(warp, lane, (ulong)value);
    }

    private void Unpack(Warp warp, int lane, int bits)
    {
        UInt128 value = wholeBytes == 16 ? warp.Slot<UInt128>(whole)[lane] : new LaneSlot(whole, wholeBytes).Read(warp, lane);
        for (int i = 0; i < parts.Length; i++)
            parts[i].Write(warp, lane, (ulong)(value >> bits * i));
    }
}
