namespace CogVideoX.Ptx;

/// <summary>What special registers, directives and other words need, beside instructions. A new one is a line.</summary>
/// <param name="Name">as it is written; the special registers of a family by what they begin with (<c>%cluster*</c>)</param>
/// <param name="Target">least compute capability times ten; 0: any</param>
/// <param name="Version">least .version times ten</param>
public sealed record PtxFeature(string Name, int Target, int Version)
{
    /// <summary>All of them; of several names that fit, the first counts.</summary>
    public static IReadOnlyList<PtxFeature> All { get; } =
    [
        new("%clusterid*", 90, 78),
        new("%nclusterid*", 90, 78),
        new("%cluster_*", 90, 78),
        new("%is_explicit_cluster", 90, 78),
        new("%aggr_smem_size", 90, 81),
        new("%current_graph_exec", 0, 80),
        new("%reserved_smem_offset_*", 80, 76),
        new(".reqnctapercluster", 90, 78),
        new(".explicitcluster", 90, 78),
        new(".maxclusterrank", 90, 78),
        new(".blocksareclusters", 90, 90),
        new(".unified", 90, 80),
        new(".b128", 0, 83),
        new(".address_size", 0, 23),
        new(".noreturn", 0, 64),
        new(".alias", 0, 63),
        new("used_bytes_mask", 0, 83),
    ];

    /// <summary>What the target or the version hasn't for that name, as ptxas words it; null if nothing.</summary>
    public static string? Missing(string name, PtxTarget target, PtxVersion version)
    {
        foreach (PtxFeature feature in All)
        {
            if (!feature.Fits(name))
                continue;
            PtxVersion least = PtxVersion.OfTenths(feature.Version);
            return version < least ? $"'{name}' requires PTX ISA .version {least} or later"
                : target.Number < feature.Target ? $"'{name}' requires .target sm_{feature.Target} or higher" : null;
        }
        return null;
    }

    private bool Fits(string name) =>
        Name[^1] == '*' ? name.AsSpan().StartsWith(Name.AsSpan(..^1)) : name == Name;
}
