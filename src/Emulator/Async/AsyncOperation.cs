using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Async;

/// <summary>A copy or product that is under way.</summary>
/// <param name="Warp">who issued it</param> <param name="Lane">its lane; 0 for wgmma</param>
/// <param name="Group">number of its group in the warp's channel; 0 if an mbarrier tracks it</param>
/// <param name="Finish">makes it take effect</param>
internal sealed record AsyncOperation(Actor Actor, Warp Warp, int Lane, int Group, Action Finish);
