using CogVideoX.Emulator.Mutations;

namespace CogVideoX.Emulator.Tests;

public class MutationTests(ITestOutputHelper output)
{
    public static TheoryData<string> Sound => [.. Directory.GetFiles(Goldens.Cases, "*.json")
        .Select(p => Path.GetFileNameWithoutExtension(p)).Where(n => !n.StartsWith("bad_", StringComparison.Ordinal)).Order()];

    /// <summary>Mutants that the ISA makes as good as the original, or hard to tell from it, by case and line.</summary>
    private static readonly Dictionary<(string Case, int Line, string Change), string> Survivors = new()
    {
        [("wgmma_specialised", 1025, "wgmma.fence.sync.aligned removed")] =
            "nothing but wgmma of the same shape wrote the registers since the fence before it",
        [("cluster_exchange", 11014, "cluster barrier made relaxed")] =
            "made relaxed, the last barrier still keeps the peer's memory alive, and it orders no data",
        [("tma_multicast", 11131, "cluster barrier made relaxed")] =
            "made relaxed, the last barrier still keeps the peer's memory alive, and it orders no data",
        [("tma_multicast", 11131, "cluster barrier removed")] = "each CTA has waited for all the bytes that its peer sends it",
        [("flash_attention_hd64", 3226, "cp.async.commit_group removed")] =
            "cp.async.wait_all follows, which waits for uncommitted copies too",
        [("flash_attention_hd64", 3638, "cp.async.commit_group removed")] =
            "the copies join the next group, and that is waited for before either is used",
    };

    /// <summary>Prints every mutant of a sound case; only the explained ones may survive.</summary>
    [Theory]
    [MemberData(nameof(Sound))]
    public void WeakenedKernelsAreCaught(string name)
    {
        PtxCase one = PtxCase.Read(Path.Combine(Goldens.Cases, name + ".json"));
        string text = File.ReadAllText(Path.Combine(Goldens.Cases, name switch
        {
            _ when one.Module.Targets[0] == "sm_90a" => "hopper.ptx",
            _ when one.Module.Entries.Contains("mma_shapes") => "tensor.ptx",
            _ => "simt.ptx",
        }));
        IReadOnlyList<MutationResult> results = MutationRun.Of(one, text);
        foreach (MutationResult result in results)
            output.WriteLine(result.ToString());
        Assert.DoesNotContain(results, r => !r.Caught && !Survivors.ContainsKey((r.Case, r.Line, r.Change)));
        if (results.Count > 0)
        {
            output.WriteLine(
                $"{name}: {results.Count(r => r.Caught)} of {results.Count} caught, {results.Count(r => r.ByFault)} by a check");
        }
    }
}
