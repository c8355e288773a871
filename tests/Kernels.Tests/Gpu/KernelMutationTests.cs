using CogVideoX.Emulator.Mutations;

namespace CogVideoX.Kernels.Tests.Gpu;

/// <summary>Whether a kernel of ours that lacked a barrier, fence, wait, commit or count would be noticed.</summary>
public sealed class KernelMutationTests(ITestOutputHelper output)
{
    public static TheoryData<string> Names => [.. SampleKernels.All.Select(k => k.Name)];

    /// <summary>Prints every mutant; none may survive, since our kernels synchronise no more than they need.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void WeakenedKernelsAreCaught(string name)
    {
        IReadOnlyList<MutationResult> results = SampleKernels.Find(name).Mutate(CaseFiles.PathOf(name));
        foreach (MutationResult result in results)
            output.WriteLine(result.ToString());
        output.WriteLine($"{name}: {results.Count(r => r.Caught)} of {results.Count} caught, {results.Count(r => r.ByFault)} by a check");
        Assert.DoesNotContain(results, r => !r.Caught);
    }

    /// <summary>Kernels that synchronise have mutants: the mutator finds our compiler's spelling, immediates and all.</summary>
    [Theory]
    [InlineData("tma_multicast", "bytes expected", "arrivals expected", "parity waited for", "mbarrier wait removed")]
    [InlineData("named_barriers", "threads expected")]
    [InlineData("bulk_copy_reverse", "bytes copied")]
    [InlineData("histogram_last_block", "fence of a CTA's scope only")]
    [InlineData("flash_attention_hd64", "groups left")]
    [InlineData("cluster_exchange", "cluster barrier removed")]
    public void MutantsOfEachKindAreMade(string name, params string[] changes)
    {
        IReadOnlyList<MutationResult> results = SampleKernels.Find(name).Mutate(CaseFiles.PathOf(name), seeds: 1);
        Assert.All(changes, change => Assert.Contains(results, r => r.Change.StartsWith(change, StringComparison.Ordinal)));
    }
}
