using CogVideoX.Compiler.Language;

namespace CogVideoX.Kernels.Cuda;

/// <summary>
/// Numbers whose format a kernel learns when it runs, for operands outside of its main loop: all threads take the same way.
/// </summary>
/// <param name="operand">In F32, BF16 or F16; null for none.</param>
internal readonly unsafe struct AnyCudaNumbers(Elements operand) : ICudaNumbers<AnyCudaNumbers>
{
    private readonly byte* address = (byte*)operand.Address;
    private readonly int format = (int)operand.Format;

    /// <inheritdoc/>
    public static AnyCudaNumbers Of(Elements operand) => new(operand);

    /// <inheritdoc/>
    public bool IsNull => address == null;

    /// <summary>Whether kernels read and write an operand; one that isn't there, too.</summary>
    public static bool Takes(Elements operand) => operand.IsNull
        || (operand.Format is ElementFormat.F32 or ElementFormat.BF16 or ElementFormat.F16 && !operand.IsScaled);

    /// <summary>Whether they read eights of it as well.</summary>
    public static bool TakesEights(Elements operand) => Takes(operand) && CudaQueue.IsAligned(operand);

    /// <summary>One number.</summary>
    public float One(long index)
    {
        if (format == (int)ElementFormat.F32)
            return ((float*)address)[index];
        return format == (int)ElementFormat.BF16 ? ((BFloat16*)address)[index] : (float)((Half*)address)[index];
    }

    /// <summary>Stores one, rounded half to even.</summary>
    public void Set(long index, float value)
    {
        if (format == (int)ElementFormat.F32)
            ((float*)address)[index] = value;
        else if (format == (int)ElementFormat.BF16)
            ((BFloat16*)address)[index] = (BFloat16)value;
        else
            ((Half*)address)[index] = (Half)value;
    }

    /// <summary>
    /// Begins to read four numbers, the first at a multiple of their bytes: neighbouring threads' are whole sectors in each format. What is
    /// done with them is for later, since nothing that follows in the same branch would let the next load begin before this one ends.
    /// </summary>
    /// <returns>Of 32 bits, or of 16 in the first half.</returns>
    public Bits128 ReadFour(long index)
    {
        if (format == (int)ElementFormat.F32)
            return *(Bits128*)((float*)address + index);
        Bits64 packed = *(Bits64*)((ushort*)address + index);
        return new(packed.First, packed.Second, 0, 0);
    }

    /// <summary>Four numbers as floats, from what <see cref="ReadFour"/> gave.</summary>
    public Float4 Four(Bits128 stored)
    {
        if (format == (int)ElementFormat.F32)
        {
            return new(
                BitConverter.UInt32BitsToSingle(stored.First), BitConverter.UInt32BitsToSingle(stored.Second),
                BitConverter.UInt32BitsToSingle(stored.Third), BitConverter.UInt32BitsToSingle(stored.Fourth));
        }
        Bits64 packed = new(stored.First, stored.Second);
        return format == (int)ElementFormat.BF16 ? Floats<BFloat16>(packed) : Floats<Half>(packed);
    }

    /// <summary>Stores four, the first at a multiple of their bytes, each rounded half to even.</summary>
    public void SetFour(long index, Float4 values)
    {
        if (format == (int)ElementFormat.F32)
            *(Float4*)((float*)address + index) = values;
        else
            *(Bits64*)((ushort*)address + index) = format == (int)ElementFormat.BF16 ? Packed<BFloat16>(values) : Packed<Half>(values);
    }

    /// <summary>Begins to read eight numbers, the first at a multiple of 16 bytes.</summary>
    public StoredEight Read(long index)
    {
        if (format != (int)ElementFormat.F32)
            return new(*(Bits128*)((ushort*)address + index), default);
        Bits128* floats = (Bits128*)((float*)address + index);
        return new(floats[0], floats[1]);
    }

    /// <summary>Eight numbers as floats, from what <see cref="Read"/> gave.</summary>
    public void Widen(StoredEight stored, Registers<float> values)
    {
        if (format == (int)ElementFormat.F32)
        {
            Floats(stored.Low, values);
            Floats(stored.High, values.Slice(4));
        }
        else if (format == (int)ElementFormat.BF16)
        {
            PackedEight<BFloat16>.Widen(stored.Low, values);
        }
        else
        {
            PackedEight<Half>.Widen(stored.Low, values);
        }
    }

    /// <inheritdoc/>
    public void Eight(long index, Registers<float> values) => Widen(Read(index), values);

    /// <summary>Stores eight, the first at a multiple of 16 bytes, each rounded half to even.</summary>
    public void SetEight(long index, Registers<float> values)
    {
        if (format == (int)ElementFormat.F32)
        {
            Float4* floats = (Float4*)((float*)address + index);
            floats[0] = new(values[0], values[1], values[2], values[3]);
            floats[1] = new(values[4], values[5], values[6], values[7]);
        }
        else if (format == (int)ElementFormat.BF16)
        {
            *(Bits128*)((ushort*)address + index) = PackedEight<BFloat16>.Of(values);
        }
        else
        {
            *(Bits128*)((ushort*)address + index) = PackedEight<Half>.Of(values);
        }
    }

    private static Float4 Floats<T>(Bits64 packed) where T : unmanaged => new(
        PackedPair.Low<T>(packed.First), PackedPair.High<T>(packed.First),
        PackedPair.Low<T>(packed.Second), PackedPair.High<T>(packed.Second));

    private static Bits64 Packed<T>(Float4 values) where T : unmanaged =>
        new(PackedPair.Of<T>(values.X, values.Y), PackedPair.Of<T>(values.Z, values.W));

    private static void Floats(Bits128 bits, Registers<float> values)
    {
        values[0] = BitConverter.UInt32BitsToSingle(bits.First);
        values[1] = BitConverter.UInt32BitsToSingle(bits.Second);
        values[2] = BitConverter.UInt32BitsToSingle(bits.Third);
        values[3] = BitConverter.UInt32BitsToSingle(bits.Fourth);
    }
}

/// <summary>Eight numbers as they lie in memory: of 32 bits, or of 16 in the first half.</summary>
internal readonly record struct StoredEight(Bits128 Low, Bits128 High);
