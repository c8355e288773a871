using System.Reflection;
using CogVideoX.Compiler.Diagnostics;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Asks a kernel for the static members that fix its launches.</summary>
internal static class LaunchShapes
{
    private static readonly MethodInfo Generic = typeof(LaunchShapes).GetMethod(
        nameof(OfKernel), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The shape, checked against what every GPU since sm_80 can launch.</summary>
    public static LaunchShape Of(Type kernel, Location location)
    {
        LaunchShape shape;
        try
        {
            shape = (LaunchShape)Generic.MakeGenericMethod(kernel).Invoke(null, null)!;
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is { } inner)
        {
            throw DiagnosticKinds.LaunchShape.At(
                location, kernel.Name, $"its static members throw {inner.GetType().Name} ({inner.Message})");
        }
        (int x, int y, int z) = shape.Block;
        if (x < 1 || y < 1 || z is < 1 or > 64 || (long)x * y * z > 1024)
        {
            throw DiagnosticKinds.LaunchShape.At(
                location, kernel.Name, $"Block is {x}×{y}×{z}; a block has 1 to 1024 threads, at most 64 along z");
        }
        if (shape.Cluster is var (cx, cy, cz) && (cx < 1 || cy < 1 || cz < 1 || (long)cx * cy * cz > 16))
            throw DiagnosticKinds.LaunchShape.At(location, kernel.Name, $"ClusterShape is {cx}×{cy}×{cz}; a cluster has 1 to 16 blocks");
        if (shape.MinimumCtas < 0 || shape.MaximumRegisters is < 0 or > 255)
            throw DiagnosticKinds.LaunchShape.At(location, kernel.Name, "MinimumCtas is at least 0, MaximumRegisters 0 to 255");
        return shape;
    }

    private static LaunchShape OfKernel<TKernel>()
        where TKernel : IKernel
    {
        Language.Block block = TKernel.Block, cluster = TKernel.ClusterShape;
        return new LaunchShape((block.X, block.Y, block.Z), cluster == new Language.Block(1) ? null : (cluster.X, cluster.Y, cluster.Z),
            TKernel.MinimumCtas, TKernel.MaximumRegisters);
    }
}
