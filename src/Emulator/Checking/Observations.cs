namespace CogVideoX.Emulator.Checking;

/// <summary>What a thread's relaxed reads saw of others' releases, by the scope that a fence needs to take it in.</summary>
internal record struct Observations
{
    private Knowledge? cta;
    private Knowledge? cluster;
    private Knowledge? gpu;

    public void Add(Scope needed, Knowledge news)
    {
        switch (needed)
        {
            case Scope.Cta: cta = ScopedKnowledge.Join(cta, news); break;
            case Scope.Cluster: cluster = ScopedKnowledge.Join(cluster, news); break;
            default: gpu = ScopedKnowledge.Join(gpu, news); break;
        }
    }

    /// <summary>What a fence of that scope takes in; it is gone then.</summary>
    public Knowledge? Take(Scope scope)
    {
        Knowledge? taken = cta;
        cta = null;
        if (scope >= Scope.Cluster)
        {
            taken = ScopedKnowledge.Join(taken, cluster);
            cluster = null;
        }
        if (scope >= Scope.Gpu)
        {
            taken = ScopedKnowledge.Join(taken, gpu);
            gpu = null;
        }
        return taken;
    }
}
