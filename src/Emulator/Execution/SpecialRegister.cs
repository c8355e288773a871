namespace CogVideoX.Emulator.Execution;

/// <summary>A special register that is constant for a thread (PTX ISA 10).</summary>
/// <param name="isUniform">all lanes of a warp read the same</param>
internal sealed class SpecialRegister(int bytes, Func<Warp, int, ulong> read, bool isUniform)
{
    private static readonly Dictionary<string, SpecialRegister> All = Make();

    public int Bytes { get; } = bytes;

    public bool IsUniform { get; } = isUniform;

    public ulong Read(Warp warp, int lane) => read(warp, lane);

    /// <summary>Bytes of one that PTX has, but of which there is nothing to say here; 0 if it is none.</summary>
    public static int UncoveredBytes(string name) => name switch
    {
        "%aggr_smem_size" => 4,
        "%reserved_smem_offset_begin" or "%reserved_smem_offset_end" or "%reserved_smem_offset_cap" => 4,
        "%reserved_smem_offset_0" or "%reserved_smem_offset_1" => 4,
        ['%', 'p', 'm', >= '0' and <= '7'] => 4,
        ['%', 'p', 'm', >= '0' and <= '7', '_', '6', '4'] => 8,
        _ => 0,
    };

    /// <summary>Whether it has four parts, of which the last is nothing.</summary>
    public static bool IsVector(string name) => All.ContainsKey(name + ".x");

    /// <summary>Its lowest bytes: mov.u16 of a word, mov.u32 of %gridid as old PTX has it.</summary>
    public SpecialRegister Cut(int count) => new(count, (warp, lane) => read(warp, lane) & (1UL << 8 * count) - 1, IsUniform);

    public static SpecialRegister? Find(string name) => All.GetValueOrDefault(name);

    private static Dictionary<string, SpecialRegister> Make()
    {
        var all = new Dictionary<string, SpecialRegister>();
        Vector("%tid", (w, lane) => w.Cta.Launch.Block.At(w.Number * Warp.Lanes + lane), isUniform: false);
        Vector("%ntid", (w, _) => w.Cta.Launch.Block);
        Vector("%ctaid", (w, _) => w.Cta.Index);
        Vector("%nctaid", (w, _) => w.Cta.Launch.Grid);
        Vector("%clusterid", (w, _) => w.Cta.Cluster.Index);
        Vector("%nclusterid", (w, _) => w.Cta.Launch.ClusterGrid);
        Vector("%cluster_ctaid", (w, _) => w.Cta.Launch.ClusterShape.At(w.Cta.Rank));
        Vector("%cluster_nctaid", (w, _) => w.Cta.Launch.ClusterShape);
        Word("%laneid", (_, lane) => (uint)lane, isUniform: false);
        Word("%warpid", (w, _) => (uint)w.Number);
        Word("%nwarpid", (w, _) => (uint)w.Cta.Warps.Count);
        Word("%cluster_ctarank", (w, _) => (uint)w.Cta.Rank);
        Word("%cluster_nctarank", (w, _) => (uint)w.Cta.Launch.ClusterShape.Count);
        Word("%smid", (w, _) => (uint)(w.Cta.Number % LaunchLimits.Multiprocessors));
        Word("%nsmid", (_, _) => LaunchLimits.Multiprocessors);
        Word("%lanemask_eq", (_, lane) => 1u << lane, isUniform: false);
        Word("%lanemask_lt", (_, lane) => (1u << lane) - 1, isUniform: false);
        Word("%lanemask_le", (_, lane) => (2u << lane) - 1, isUniform: false);
        Word("%lanemask_gt", (_, lane) => ~((2u << lane) - 1), isUniform: false);
        Word("%lanemask_ge", (_, lane) => ~((1u << lane) - 1), isUniform: false);
        Word("%dynamic_smem_size", (w, _) => (uint)w.Cta.Launch.DynamicSharedBytes);
        Word("%total_smem_size", (w, _) => (uint)w.Cta.Shared.Used);
        // what a driver leaves there is its own business: zeros
        for (int i = 0; i < 32; i++)
            Word($"%envreg{i}", (_, _) => 0, isUniform: true);
        all["%current_graph_exec"] = new SpecialRegister(8, (_, _) => 0, isUniform: true);
        all["%gridid"] = new SpecialRegister(8, (_, _) => 1, isUniform: true);
        return all;

        void Word(string name, Func<Warp, int, uint> read, bool isUniform = true) =>
            all[name] = new SpecialRegister(4, (w, lane) => read(w, lane), isUniform);

        void Vector(string name, Func<Warp, int, Dim3> read, bool isUniform = true)
        {
            Word(name + ".x", (w, lane) => (uint)read(w, lane).X, isUniform);
            Word(name + ".y", (w, lane) => (uint)read(w, lane).Y, isUniform);
            Word(name + ".z", (w, lane) => (uint)read(w, lane).Z, isUniform);
            Word(name + ".w", (_, _) => 0);
        }
    }
}
