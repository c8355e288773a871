using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>A slot and the size of what each lane keeps there; predicates have size 0.</summary>
internal readonly unsafe record struct LaneSlot(int Slot, int Bytes, uint Flip = 0)
{
    public ulong Read(Warp warp, int lane) => Bytes switch
    {
        0 => (warp.Predicate(Slot) ^ Flip) >> lane & 1,
        1 => warp.Slot<byte>(Slot)[lane],
        2 => warp.Slot<ushort>(Slot)[lane],
        4 => warp.Slot<uint>(Slot)[lane],
        _ => warp.Slot<ulong>(Slot)[lane],
    };

    public void Write(Warp warp, int lane, ulong bits)
    {
        switch (Bytes)
        {
            case 0: warp.Predicate(Slot) = warp.Predicate(Slot) & ~(1u << lane) | (uint)(bits & 1) << lane; break;
            case 1: warp.Slot<byte>(Slot)[lane] = (byte)bits; break;
            case 2: warp.Slot<ushort>(Slot)[lane] = (ushort)bits; break;
            case 4: warp.Slot<uint>(Slot)[lane] = (uint)bits; break;
            default: warp.Slot<ulong>(Slot)[lane] = bits; break;
        }
    }
}
