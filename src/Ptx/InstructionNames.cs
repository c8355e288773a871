using System.Collections.Frozen;

namespace CogVideoX.Ptx;

/// <summary>
/// Suffixes that belong to an instruction's name: they stand before all others, which may come in any order (<c>shf.l.wrap</c>, not
/// <c>shf.wrap.l</c>). A new one is a word here.
/// </summary>
public static class InstructionNames
{
    private static readonly FrozenDictionary<string, string[]> All = new Dictionary<string, string[]>
    {
        ["bar"] = ["cta", "sync", "red", "arrive", "warp"],
        ["barrier"] = ["cta", "cluster", "sync", "red", "arrive", "wait"],
        ["cp"] = ["async", "reduce", "bulk", "prefetch", "tensor", "mbarrier", "arrive", "commit_group", "wait_group", "wait_all"],
        ["cvta"] = ["to"],
        ["fence"] = ["proxy"],
        ["griddepcontrol"] = ["launch_dependents", "wait"],
        ["mbarrier"] =
        [
            "init", "inval", "arrive", "arrive_drop", "expect_tx", "complete_tx", "test_wait", "try_wait", "parity", "pending_count",
        ],
        ["membar"] = ["proxy"],
        ["red"] = ["async"],
        ["setmaxnreg"] = ["inc", "dec"],
        ["shf"] = ["l", "r"],
        ["st"] = ["async", "bulk"],
        ["tensormap"] = ["replace", "cp_fenceproxy"],
        ["wgmma"] = ["mma_async", "fence", "commit_group", "wait_group"],
    }.ToFrozenDictionary();

    /// <summary>The first suffix that belongs to the name but doesn't stand there; null if there is none.</summary>
    public static string? Misplaced(string opcode, IReadOnlyList<string> suffixes)
    {
        ArgumentNullException.ThrowIfNull(suffixes);
        if (!All.TryGetValue(opcode, out string[]? names))
            return null;
        bool isOver = false;
        foreach (string suffix in suffixes)
        {
            bool isName = names.Contains(suffix);
            if (isName && isOver)
                return suffix;
            isOver |= !isName;
        }
        return null;
    }
}
