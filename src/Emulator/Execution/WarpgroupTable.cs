using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>Four warps make a warpgroup, and all four must execute the same wgmma instructions (PTX ISA 9.7.15.1).</summary>
internal sealed class WarpgroupTable
{
    private const int WarpsInGroup = 4;

    private readonly Dictionary<int, List<int>> steps = [];
    private readonly Dictionary<int, int> done = [];

    public void Step(Warp warp, Instruction instruction)
    {
        int group = warp.Number / WarpsInGroup;
        if ((group + 1) * WarpsInGroup > warp.Cta.Warps.Count)
            throw new FaultException(FaultKind.Divergent, "wgmma in a warpgroup of fewer than four warps");
        if (!steps.TryGetValue(group, out List<int>? list))
            steps.Add(group, list = []);
        int at = done.GetValueOrDefault(warp.Number);
        done[warp.Number] = at + 1;
        if (at == list.Count)
            list.Add(instruction.Index);
        else if (list[at] != instruction.Index)
            throw new FaultException(FaultKind.Divergent, "warps of one warpgroup execute different wgmma instructions");
    }

    /// <summary>At a warp's end: no warp of its group may have executed more, or fewer.</summary>
    public void CheckAtExit(Warp warp)
    {
        int group = warp.Number / WarpsInGroup;
        if (steps.TryGetValue(group, out List<int>? list) && done.GetValueOrDefault(warp.Number) != list.Count)
            throw new FaultException(FaultKind.Divergent, "a warp ends that executed fewer wgmma instructions than its warpgroup");
    }
}
