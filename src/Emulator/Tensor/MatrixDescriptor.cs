using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Tensor;

/// <summary>A wgmma operand in shared memory (PTX ISA 9.7.15.5, matrix descriptor).</summary>
internal readonly struct MatrixDescriptor(ulong bits)
{
    private uint Start => (uint)(bits & 0x3fff) << 4;

    private uint Leading => (uint)(bits >> 16 & 0x3fff) << 4;

    private uint Stride => (uint)(bits >> 32 & 0x3fff) << 4;

    /// <summary>Bytes of a row of the swizzle atom: 16 (none), 128, 64 or 32.</summary>
    private uint Span => (bits >> 62) switch { 0 => 16, 1 => 128, 2 => 64, _ => 32 };

    /// <summary>Address of the 16 bytes that hold a byte of a line; both are counted in the stored order.</summary>
    /// <param name="line">row if K is contiguous, else k</param> <param name="byteInLine">byte along the contiguous dimension</param>
    public uint AddressOf(int line, int byteInLine, bool kContiguous)
    {
        if ((bits >> 49 & 7) != 0)
            throw new FaultException(FaultKind.Invalid, "a matrix descriptor with a base offset isn't supported");
        uint span = Span;
        uint inner = (uint)byteInLine % span, outer = (uint)byteInLine / span;
        if (!kContiguous && span == 16)
            throw new FaultException(FaultKind.Invalid, "a transposed wgmma operand without swizzle isn't supported");
        // along the contiguous dimension atoms are a leading offset apart, groups of eight lines a stride
        uint address = Start + (uint)(line / 8) * Stride + (uint)(line % 8) * span + outer * Leading + inner;
        return Swizzle(address, span);
    }

    /// <summary>Exchanges 16-byte pieces by the row of the atom, as TMA does.</summary>
    public static uint Swizzle(uint address, uint span) => span switch
    {
        128 => address ^ (address >> 7 & 7) << 4,
        64 => address ^ (address >> 7 & 3) << 4,
        32 => address ^ (address >> 7 & 1) << 4,
        _ => address,
    };
}
