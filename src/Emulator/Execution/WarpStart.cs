namespace CogVideoX.Emulator.Execution;

/// <summary>Fills the slots of special registers before a warp's first instruction.</summary>
internal static unsafe class WarpStart
{
    public static void Fill(Warp warp)
    {
        foreach ((int slot, SpecialRegister register) in warp.Code.Specials)
        {
            warp.Ready[slot] = ~0u;
            ulong common = register.IsUniform ? register.Read(warp, 0) : 0;
            for (int lane = 0; lane < Warp.Lanes; lane++)
                Write(warp, slot, register.Bytes, lane, register.IsUniform ? common : register.Read(warp, lane));
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
