using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// fence.sc whose scopes hold each other come one after the other (PTX ISA 8.10, Fence-SC order): here as they happen to run.
/// </summary>
internal static class FenceOrder
{
    /// <summary>What was done before the earlier fences that a fence of that scope comes after.</summary>
    public static VectorClock Before(Cta cta, Scope scope)
    {
        VectorClock before = cta.BeforeFences;
        if (scope >= Scope.Cluster)
            before = before.Join(cta.Cluster.BeforeFences);
        return scope >= Scope.Gpu ? before.Join(cta.Launch.BeforeFences) : before;
    }

    /// <summary>What was done before a fence of that scope, for the later ones.</summary>
    public static void Add(Cta cta, Scope scope, VectorClock done)
    {
        cta.BeforeFences = cta.BeforeFences.Join(done);
        if (scope >= Scope.Cluster)
            cta.Cluster.BeforeFences = cta.Cluster.BeforeFences.Join(done);
        if (scope >= Scope.Gpu)
            cta.Launch.BeforeFences = cta.Launch.BeforeFences.Join(done);
    }
}
