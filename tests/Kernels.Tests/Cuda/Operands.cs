using System.Runtime.InteropServices;

namespace CogVideoX.Kernels.Tests.Cuda;

/// <summary>Memory for an operation's operands: the same calls give the host's and the emulated device's.</summary>
internal abstract unsafe class Operands : IDisposable
{
    private Elements result;
    private long resultCount;

    /// <summary>An operand with these numbers, rounded to its format.</summary>
    public Elements Of(ElementFormat format, float[] values)
    {
        byte[] bytes = Stored(format, values);
        return new Elements((void*)Copy(bytes), format);
    }

    /// <summary>An operand of random numbers.</summary>
    /// <param name="format">How it is stored.</param>
    /// <param name="count">How many.</param>
    /// <param name="random">Where they come from.</param>
    /// <param name="skipped">Numbers before them, which move them from their alignment.</param>
    /// <param name="width">Their largest absolute value.</param>
    public Elements Random(ElementFormat format, long count, Random random, int skipped = 0, double width = 2)
    {
        float[] values = [.. Enumerable.Range(0, (int)count + skipped).Select(_ => (float)((random.NextDouble() * 2 - 1) * width))];
        return Of(format, values).Slice(skipped);
    }

    /// <summary>Random 8-bit floats (E4M3) of any finite value.</summary>
    /// <param name="count">How many.</param>
    /// <param name="random">Where they come from.</param>
    /// <param name="scale">What all are multiplied with; null for nothing.</param>
    public Elements Float8(long count, Random random, float? scale)
    {
        const int NotANumber = 0x7F;
        byte[] bytes = [.. Enumerable.Range(0, (int)count).Select(_ => (byte)(random.Next(NotANumber) | random.Next(2) << 7))];
        var numbers = new Elements((void*)Copy(bytes), ElementFormat.F8E4M3);
        return scale is { } factor
            ? numbers.Scaled(new ElementScales((float*)Of(ElementFormat.F32, [factor]).Address, 0))
            : numbers;
    }

    /// <summary>The same, or none where there is no format.</summary>
    public Elements Random(ElementFormat? format, long count, Random random) =>
        format is { } stored ? Random(stored, count, random) : default;

    /// <summary>The operation's result; a second one is read by its own address.</summary>
    /// <param name="format">How it is stored.</param>
    /// <param name="count">Its numbers.</param>
    /// <param name="skipped">Numbers before it, which move it from its alignment.</param>
    public Elements Result(ElementFormat format, long count, int skipped = 0)
    {
        resultCount = count;
        return result = new Elements((void*)Allocate(format.Bytes(count + skipped)), format).Slice(skipped);
    }

    /// <summary>An operand that is the operation's result, too.</summary>
    public Elements Show(Elements operand, long count)
    {
        resultCount = count;
        return result = operand;
    }

    /// <summary>What the operation left in its result.</summary>
    public float[] Read() => Read(result, resultCount);

    /// <summary>Numbers of an operand.</summary>
    public float[] Read(Elements operand, long count)
    {
        var bytes = new byte[operand.Format.Bytes(count)];
        Copy(operand, bytes);
        var values = new float[count];
        fixed (byte* stored = bytes)
        {
            var host = new Elements(stored, operand.Format);
            for (int i = 0; i < values.Length; i++)
                values[i] = host[i];
        }
        return values;
    }

    public abstract void Dispose();

    protected abstract nint Allocate(long bytes);

    protected abstract void Write(nint address, byte[] bytes);

    protected abstract void Copy(Elements operand, byte[] target);

    private nint Copy(byte[] bytes)
    {
        nint address = Allocate(bytes.Length);
        Write(address, bytes);
        return address;
    }

    private static byte[] Stored(ElementFormat format, float[] values)
    {
        var bytes = new byte[format.Bytes(values.Length)];
        fixed (byte* stored = bytes)
        {
            var elements = new Elements(stored, format);
            for (int i = 0; i < values.Length; i++)
                elements.Set(i, values[i]);
        }
        return bytes;
    }
}

/// <summary>In this process.</summary>
internal sealed unsafe class HostOperands : Operands
{
    private readonly List<nint> blocks = [];

    public override void Dispose()
    {
        foreach (nint block in blocks)
            NativeMemory.AlignedFree((void*)block);
    }

    protected override nint Allocate(long bytes)
    {
        nint block = (nint)NativeMemory.AlignedAlloc((nuint)bytes, 64);
        blocks.Add(block);
        return block;
    }

    protected override void Write(nint address, byte[] bytes) => bytes.CopyTo(new Span<byte>((void*)address, bytes.Length));

    protected override void Copy(Elements operand, byte[] target) => new ReadOnlySpan<byte>(operand.Address, target.Length).CopyTo(target);
}

/// <summary>On the emulator.</summary>
internal sealed unsafe class EmulatedOperands(EmulatedQueue queue) : Operands
{
    public override void Dispose() { }

    protected override nint Allocate(long bytes) => (nint)queue.Device.Allocate(bytes);

    protected override void Write(nint address, byte[] bytes) => queue.Device.CopyIn(bytes, (ulong)address);

    protected override void Copy(Elements operand, byte[] target) => queue.Device.CopyOut((ulong)operand.Address, target);
}
