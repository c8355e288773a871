using System.Buffers;
using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>
/// Random numbers with the bits of <c>torch.Generator("cpu").manual_seed(seed)</c>, so that a seed means the same video here and
/// in the reference. Draws advance one stream: their order, sizes and types matter. Not for use by two threads at once.
/// </summary>
public sealed class TorchGenerator
{
    private readonly MersenneTwister twister;
    private double? keptNormal;

    /// <param name="seed">
    /// Any number. PyTorch takes the lower 32 bits, so that seeds 2³² apart give the same draws; a negative seed of PyTorch is
    /// the same number here, cast to <see cref="ulong"/>.
    /// </param>
    public TorchGenerator(ulong seed)
    {
        Seed = seed;
        twister = new MersenneTwister((uint)seed);
    }

    /// <summary>A generator that goes on where another was.</summary>
    /// <exception cref="SamplingException">A state that no generator has.</exception>
    public TorchGenerator(GeneratorState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.KeptNormal is { } kept && !double.IsFinite(kept))
            throw new SamplingException($"The generator's kept normal number is {kept}; it must be finite, or none.");
        Seed = state.Seed;
        twister = new MersenneTwister([.. state.Words], state.Used);
        keptNormal = state.KeptNormal;
    }

    /// <summary>The seed that this began with.</summary>
    public ulong Seed { get; }

    /// <summary>Whose numbers <see cref="Noise"/> gives, where a batch has one generator.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No row of a batch.</exception>
    public BatchRow Row
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value.Count, 1, nameof(Row));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)value.Index, (uint)value.Count, nameof(Row));
            field = value;
        }
    } = BatchRow.Single;

    /// <summary>Where it is now: a copy, from which another goes on with the same numbers.</summary>
    public GeneratorState State => new(Seed, twister.Words, twister.Used, keptNormal);

    /// <summary>Normal numbers as <c>torch.randn</c> draws them; those of a shorter type are exact in it.</summary>
    public void Normal(Span<float> destination, NoiseType type = NoiseType.F32) => Draw(destination, type, default);

    /// <summary>Numbers of [0, 1) as <c>torch.rand</c> draws them: as many random bits as the type's fraction holds.</summary>
    public void Uniform(Span<float> destination, NoiseType type = NoiseType.F32)
    {
        int bits = type switch { NoiseType.BF16 => 8, NoiseType.F16 => 11, _ => 24 };
        uint mask = (1u << bits) - 1;
        float scale = 1f / (1u << bits);
        foreach (ref float value in destination)
            value = (twister.Next32() & mask) * scale;
    }

    /// <summary>The numbers 0 … <paramref name="count"/> − 1 in random order, as <c>torch.randperm</c> gives them.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A negative count.</exception>
    public int[] RandomPermutation(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        int[] order = [.. Enumerable.Range(0, count)];
        for (int i = 0; i < count - 1; i++)
        {
            int other = i + (int)(twister.Next32() % (uint)(count - i));
            (order[i], order[other]) = (order[other], order[i]);
        }
        return order;
    }

    /// <summary>One number of 0 … <paramref name="high"/> − 1, as each element of <c>torch.randint(high, …)</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="high"/> isn't positive.</exception>
    public long RandomInteger(long high)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(high);
        const long FirstThatTakes64Bits = 1L << 28; // PyTorch's limit for the bias that the remainder brings
        ulong draw = high < FirstThatTakes64Bits ? twister.Next32() : twister.Next64();
        return (long)(draw % (ulong)high);
    }

    /// <summary>
    /// A new F32 tensor of normal numbers drawn in <paramref name="type"/>; of a batch, those of <see cref="Row"/>, all rows in one draw. A
    /// dry run draws none.
    /// </summary>
    /// <exception cref="OperationCanceledException"><see cref="Ops.Cancellation"/> was requested; some were drawn.</exception>
    public Tensor Noise(Ops ops, Shape shape, NoiseType type)
    {
        // In one part: how many numbers are drawn at once is part of the stream.
        return ops.Fill(shape, new NoiseWriter(this, type, inOneDraw: true, ops.Cancellation), shape.Count);
    }

    /// <summary>The same, each row of a batch in a draw of its own: as the reference draws the samples of pictures and videos.</summary>
    /// <inheritdoc cref="Noise"/>
    public Tensor NoiseInTurn(Ops ops, Shape shape, NoiseType type) =>
        ops.Fill(shape, new NoiseWriter(this, type, inOneDraw: false, ops.Cancellation), shape.Count);

    private readonly struct NoiseWriter(TorchGenerator generator, NoiseType type, bool inOneDraw, CancellationToken cancellation)
        : IFloatWriter
    {
        public void Write(long first, Span<float> destination)
        {
            if (generator.Row.Count == 1)
                generator.Draw(destination, type, cancellation);
            else if (inOneDraw)
                generator.DrawAtOnce(destination, type, cancellation);
            else
                generator.DrawInTurn(destination, type, cancellation);
        }
    }

    private void DrawAtOnce(Span<float> destination, NoiseType type, CancellationToken cancellation)
    {
        int count = checked(destination.Length * Row.Count);
        float[] all = ArrayPool<float>.Shared.Rent(count);
        Draw(all.AsSpan(0, count), type, cancellation);
        all.AsSpan(Row.Index * destination.Length, destination.Length).CopyTo(destination);
        ArrayPool<float>.Shared.Return(all);
    }

    private void DrawInTurn(Span<float> destination, NoiseType type, CancellationToken cancellation)
    {
        float[] other = ArrayPool<float>.Shared.Rent(destination.Length);
        for (int row = 0; row < Row.Count; row++)
            Draw(row == Row.Index ? destination : other.AsSpan(0, destination.Length), type, cancellation);
        ArrayPool<float>.Shared.Return(other);
    }

    private void Draw(Span<float> destination, NoiseType type, CancellationToken cancellation)
    {
        if (destination.Length < BoxMuller.BlockSize)
        {
            foreach (ref float value in destination)
                value = (float)NextNormal();
        }
        else
        {
            NormalBlocks(destination, type, cancellation);
        }
        Rounding.Round(destination, type);
    }

    private void NormalBlocks(Span<float> destination, NoiseType type, CancellationToken cancellation)
    {
        int rest = destination.Length % BoxMuller.BlockSize;
        for (int i = 0; i < destination.Length - rest; i += BoxMuller.BlockSize)
        {
            cancellation.ThrowIfCancellationRequested();
            NormalBlock(destination.Slice(i, BoxMuller.BlockSize));
        }
        if (rest == 0)
            return;
        // In fp32 the reference draws a uniform number for the rest too before it draws the last block anew.
        if (type == NoiseType.F32)
            Uniform(destination[^rest..]);
        NormalBlock(destination[^BoxMuller.BlockSize..]);
    }

    private void NormalBlock(Span<float> block)
    {
        Uniform(block);
        BoxMuller.Transform(block);
    }

    // One at a time in double; the sine of a pair waits for the next call, however many blocks are drawn between.
    private double NextNormal()
    {
        if (keptNormal is { } kept)
        {
            keptNormal = null;
            return kept;
        }
        double angle = 2 * Math.PI * NextUniform();
        double radius = Math.Sqrt(-2 * Math.Log(1 - NextUniform())); // 1 − u is exact for u of 53 bits
        keptNormal = radius * Math.Sin(angle);
        return radius * Math.Cos(angle);
    }

    private double NextUniform() => (twister.Next64() & ((1UL << 53) - 1)) * (1.0 / (1UL << 53));
}
