namespace CogVideoX.Emulator.Instructions;

/// <summary>Bits of 1, 2, 4 or 8 bytes of memory.</summary>
internal static unsafe class ScalarBits
{
    public static ulong Read(byte* from, int bytes) => bytes switch
    {
        1 => *from,
        2 => *(ushort*)from,
        4 => *(uint*)from,
        _ => *(ulong*)from,
    };

    public static void Write(byte* to, int bytes, ulong bits)
    {
        switch (bytes)
        {
            case 1: *to = (byte)bits; break;
            case 2: *(ushort*)to = (ushort)bits; break;
            case 4: *(uint*)to = (uint)bits; break;
            default: *(ulong*)to = bits; break;
        }
    }
}
