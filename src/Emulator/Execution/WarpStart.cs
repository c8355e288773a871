namespace CogVideoX.Emulator.Execution;

/// <summary>Fills the slots of constants and special registers before a warp's first instruction.</summary>
internal static unsafe class WarpStart
{
    public static void Fill(Warp warp)
    {
        foreach ((int slot, ulong bits, int bytes) in warp.Code.Constants)
        {
            warp.Ready[slot] = ~0u;
            if (bytes == 0)
            {
                warp.Predicate(slot) = bits == 0 ? 0 : ~0u;
            }
            else
            {
                for (int lane = 0; lane < Warp.Lanes; lane++)
                    Write(warp, slot, bytes, lane, bits);
            }
        }
        foreach ((int slot, SpecialRegister register) in warp.Code.Specials)
        {
            warp.Ready[slot] = ~0u;
            for (int lane = 0; lane < Warp.Lanes; lane++)
                Write(warp, slot, register.Bytes, lane, register.Read(warp, lane));
        }
    }

    private static void Write(Warp warp, int slot, int bytes, int lane, ulong bits)
    {
        switch (bytes)
        {
            case 1: warp.Slot<byte>(slot)[lane] = (byte)bits; break;
            case 2: warp.Slot<ushort>(slot)[lane] = (ushort)bits; break;
            case 4: warp.Slot<uint>(slot)[lane] = (uint)bits; break;
            default: warp.Slot<ulong>(slot)[lane] = bits; break;
        }
    }
}
