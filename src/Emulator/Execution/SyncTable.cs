using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>What strong writes published at each place, for strong reads to take in (PTX ISA 8.7, synchronizes-with).</summary>
internal sealed class SyncTable
{
    private readonly Dictionary<(Allocation, long), (Knowledge News, Scope Scope, int Cta)> published = [];

    public bool Any => published.Count > 0;

    /// <summary>A write replaces what stood there; a read-modify-write carries it on.</summary>
    public void Publish(Allocation at, long offset, Knowledge news, Scope scope, int cta, bool carriesOn)
    {
        if (carriesOn && published.TryGetValue((at, offset), out (Knowledge News, Scope Scope, int Cta) old))
            news = news.Join(old.News);
        published[(at, offset)] = (news, scope, cta);
    }

    public void Forget(Allocation at, long offset)
    {
        if (published.Count > 0) published.Remove((at, offset));
    }

    public Knowledge? Read(Allocation at, long offset, Scope scope, int cta)
    {
        if (!published.TryGetValue((at, offset), out (Knowledge News, Scope Scope, int Cta) found)) return null;
        bool inScope = found.Cta == cta || (found.Scope >= Scope.Cluster && scope >= Scope.Cluster);
        return inScope ? found.News : null;
    }
}
