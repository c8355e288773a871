using ILGPU.Algorithms;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>
/// One, two or four neighbouring numbers as they are stored, which a thread loads or stores with one instruction: a kernel that is generic
/// over packs is written once. The numbers of a <see cref="Quad"/> that a pack hasn't got are never looked at, so nothing is computed.
/// </summary>
internal interface IPack<TSelf> where TSelf : unmanaged, IPack<TSelf>
{
    /// <summary>How many numbers.</summary>
    int Count { get; }

    /// <summary>They, in fp32.</summary>
    Quad Values { get; }

    /// <summary>Numbers, rounded half to even.</summary>
    TSelf From(Quad values);

    /// <summary>The sum of those that a pack has.</summary>
    float Sum(Quad values);

    /// <summary>The largest of those that a pack has.</summary>
    float Max(Quad values);

    /// <summary>As many numbers of any format from an index on.</summary>
    Quad Read(AnyNumbers numbers, long index);
}

/// <summary>One number.</summary>
internal readonly struct Pack1<T>(T x) : IPack<Pack1<T>> where T : unmanaged, IStored<T>
{
    private readonly T x = x;

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public Quad Values => new(x.Value, 0, 0, 0);

    /// <inheritdoc/>
    public Pack1<T> From(Quad values) => new(default(T).From(values.X));

    /// <inheritdoc/>
    public float Sum(Quad values) => values.X;

    /// <inheritdoc/>
    public float Max(Quad values) => values.X;

    /// <inheritdoc/>
    public Quad Read(AnyNumbers numbers, long index) => new(numbers.One(index), 0, 0, 0);
}

/// <summary>Two numbers.</summary>
internal readonly struct Pack2<T>(T x, T y) : IPack<Pack2<T>> where T : unmanaged, IStored<T>
{
    private readonly T x = x;
    private readonly T y = y;

    /// <inheritdoc/>
    public int Count => 2;

    /// <inheritdoc/>
    public Quad Values => new(x.Value, y.Value, 0, 0);

    /// <inheritdoc/>
    public Pack2<T> From(Quad values) => new(default(T).From(values.X), default(T).From(values.Y));

    /// <inheritdoc/>
    public float Sum(Quad values) => values.X + values.Y;

    /// <inheritdoc/>
    public float Max(Quad values) => XMath.Max(values.X, values.Y);

    /// <inheritdoc/>
    public Quad Read(AnyNumbers numbers, long index) => new(numbers.One(index), numbers.One(index + 1), 0, 0);
}

/// <summary>Four numbers.</summary>
internal readonly struct Pack4<T>(T x, T y, T z, T w) : IPack<Pack4<T>> where T : unmanaged, IStored<T>
{
    private readonly T x = x;
    private readonly T y = y;
    private readonly T z = z;
    private readonly T w = w;

    /// <inheritdoc/>
    public int Count => 4;

    /// <inheritdoc/>
    public Quad Values => new(x.Value, y.Value, z.Value, w.Value);

    /// <inheritdoc/>
    public Pack4<T> From(Quad values)
    {
        T type = default;
        return new Pack4<T>(type.From(values.X), type.From(values.Y), type.From(values.Z), type.From(values.W));
    }

    /// <inheritdoc/>
    public float Sum(Quad values) => (values.X + values.Y) + (values.Z + values.W);

    /// <inheritdoc/>
    public float Max(Quad values) => XMath.Max(XMath.Max(values.X, values.Y), XMath.Max(values.Z, values.W));

    /// <inheritdoc/>
    public Quad Read(AnyNumbers numbers, long index) => numbers.Four(index);
}
