using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace CogVideoX.Kernels.Ilgpu;

/// <summary>A matrix as kernels read it, by quads of a row.</summary>
/// <typeparam name="T">How its numbers are stored.</typeparam>
internal readonly unsafe struct StoredRows<T> where T : unmanaged, IStored<T>
{
    private readonly ArrayView<T> numbers;
    private readonly ArrayView<Stored4<T>> quads; // empty where they aren't aligned
    private readonly long rows;
    private readonly int width;

    /// <param name="queue">Where it is launched.</param>
    /// <param name="matrix">[rows, width], in this format</param>
    public StoredRows(IlgpuQueue queue, Elements matrix, long rows, int width)
    {
        this.rows = rows;
        this.width = width;
        numbers = queue.View<T>(matrix, rows * width);
        quads = ((nint)matrix.Address | (nint)width * sizeof(T)) % sizeof(Stored4<T>) == 0
            ? queue.View<Stored4<T>>(matrix, rows * width / 4)
            : ArrayView<Stored4<T>>.Empty;
    }

    /// <summary>Where a row begins, for the other members; −1 beyond the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long First(long row) => row < rows ? row * width : -1;

    /// <summary>Four neighbours, zeros where there are none. (As they are stored: converting waits until they have come.)</summary>
    /// <param name="first">Where their row begins.</param>
    /// <param name="column">The first of them, a multiple of 4.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Stored4<T> Quad(long first, int column)
    {
        if (first < 0 || column >= width)
            return default;
        if (quads.Length > 0)
            return quads.AsAligned(Interop.SizeOf<Stored4<T>>())[(first + column) >> 2];
        long index = first + column;
        int left = width - column;
        T zero = default;
        return new(
            numbers[index],
            left > 1 ? numbers[index + 1] : zero,
            left > 2 ? numbers[index + 2] : zero,
            left > 3 ? numbers[index + 3] : zero);
    }

    /// <summary>Stores four neighbours, or those of them that there are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(long first, int column, Float4 values)
    {
        long index = first + column;
        if (quads.Length > 0)
        {
            quads[index >> 2] = Stored4<T>.From(values);
            return;
        }
        int left = width - column;
        T type = default;
        numbers[index] = type.From(values.X);
        if (left > 1)
            numbers[index + 1] = type.From(values.Y);
        if (left > 2)
            numbers[index + 2] = type.From(values.Z);
        if (left > 3)
            numbers[index + 3] = type.From(values.W);
    }

    /// <summary>Stores one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void StoreOne(long index, float value) => numbers[index] = default(T).From(value);
}
