namespace CogVideoX.Kernels.Cuda;

/// <summary>Rows of a result, evenly apart.</summary>
/// <param name="first">The first, which the result has.</param>
/// <param name="step">From one to the next.</param>
/// <param name="count">How many, <see cref="Most"/> at most; a constant of the kernel.</param>
/// <param name="end">Rows of the result.</param>
internal readonly struct TileRows(int first, int step, int count, int end)
{
    /// <summary>So many rows' reads are under way together.</summary>
    public const int Most = 4;

    /// <summary>How many.</summary>
    public int Count => count;

    /// <summary>One of them; the result's last row in place of those beyond it.</summary>
    public int this[int index] => Math.Min(first + index * step, end - 1);

    /// <summary>Whether the result has it.</summary>
    public bool Has(int index) => index == 0 || first + index * step < end;
}
