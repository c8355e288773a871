namespace CogVideoX.Emulator;

/// <summary>
/// What cuTensorMapEncodeTiled would get: how a box of a buffer is copied (CUDA driver API, "Tensor Map Object").
/// Dimensions are innermost first.
/// </summary>
/// <param name="Buffer">name of the buffer among the launch's arguments</param>
/// <param name="ElementBytes">1, 2, 4 or 8</param>
/// <param name="Dims">elements of each dimension</param>
/// <param name="Strides">bytes between neighbours, from the second dimension on</param>
/// <param name="Box">elements of a box in each dimension</param>
/// <param name="SwizzleBytes">16 (none), 32, 64 or 128</param>
public sealed record TensorMap(string Buffer, int ElementBytes, long[] Dims, long[] Strides, int[] Box, uint SwizzleBytes)
{
    /// <summary>Bytes of the opaque object.</summary>
    public const int Bytes = 128;

    private const int MostBoxBytes = 227 << 10;
    private const long MostSpan = 1L << 47;   // of addresses

    /// <summary>Type of the elements; only reductions ask for it.</summary>
    public PtxType ElementType { get; init; }

    internal int BoxBytes => Box.Aggregate(ElementBytes, (all, one) => all * one);

    /// <summary>Checks what the driver would check.</summary>
    /// <exception cref="LaunchException">The map couldn't be encoded; the message names the limit.</exception>
    public void Validate()
    {
        if (ElementBytes is not (1 or 2 or 4 or 8))
            throw Wrong($"elements of {ElementBytes} bytes; 1, 2, 4 or 8 can be");
        if (ElementType != PtxType.None && ElementType.Bytes() != ElementBytes)
            throw Wrong($"elements of {ElementBytes} bytes that are {ElementType.Text()}");
        if (SwizzleBytes is not (16 or 32 or 64 or 128))
            throw Wrong($"a swizzle of {SwizzleBytes} bytes; 16 (none), 32, 64 or 128 can be");
        if (Dims.Length is < 1 or > 5 || Box.Length != Dims.Length || Strides.Length != Dims.Length - 1)
            throw Wrong("it has 1 to 5 dimensions, as many box sizes, one stride fewer");
        if (Dims.Any(d => d is < 1 or > 1L << 32))
            throw Wrong($"a dimension has 1 to {1L << 32} elements");
        if (Box.Any(b => b is < 1 or > 256))
            throw Wrong("a box has 1 to 256 elements a dimension");
        if (Strides.Any(s => s % 16 != 0 || s is < 0 or >= 1L << 40))
            throw Wrong("strides are multiples of 16 bytes below 2^40");
        int inner = Box[0] * ElementBytes;
        if (inner % 16 != 0)
            throw Wrong($"the box's inner dimension has {inner} bytes, not a multiple of 16");
        if (SwizzleBytes > 16 && inner > SwizzleBytes)
            throw Wrong($"an inner dimension of {inner} bytes is more than the swizzle's {SwizzleBytes}");
        long box = Box.Aggregate((long)ElementBytes, (all, one) => all * one);
        if (box > MostBoxBytes)
            throw Wrong($"a box of {box} bytes is more than shared memory holds");
        Int128 span = Dims.Skip(1).Zip(Strides)
            .Aggregate((Int128)Dims[0] * ElementBytes, (all, one) => all + (Int128)one.First * one.Second);
        if (span > MostSpan)
            throw Wrong("its dimensions and strides reach beyond 2^47 bytes");
    }

    private LaunchException Wrong(string problem) => new($"tensor map of {Printable.Quoted(Buffer)}: {problem}");
}
