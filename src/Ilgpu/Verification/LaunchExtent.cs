using ILGPU;

namespace CogVideoX.Ilgpu;

/// <summary>What ILGPU's launchers take first: how many threads (an index), or how many groups of how many.</summary>
public readonly struct LaunchExtent
{
    private LaunchExtent(object value) => Value = value;

    internal object Value { get; }

    public static implicit operator LaunchExtent(int threads) => new(new Index1D(threads));

    public static implicit operator LaunchExtent(Index1D threads) => new(threads);

    public static implicit operator LaunchExtent(Index2D threads) => new(threads);

    public static implicit operator LaunchExtent(Index3D threads) => new(threads);

    public static implicit operator LaunchExtent(KernelConfig groups) => new(groups);
}
