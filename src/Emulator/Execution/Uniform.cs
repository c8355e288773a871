using CogVideoX.Emulator.Checking;

namespace CogVideoX.Emulator.Execution;

/// <summary>.uni of bra, brx, call and ret: lanes that run together must go the same way (PTX ISA 9.7.12.3–6).</summary>
internal static class Uniform
{
    public static void Require(Warp warp, string name)
    {
        uint running = warp.Strand.Mask;
        if (warp.Active != running)
        {
            throw new FaultException(FaultKind.Divergent,
                $"{name} must not diverge: of the lanes 0x{running:x8} that run together only 0x{warp.Active:x8} go")
            { Lane = int.TrailingZeroCount((int)warp.Active) };
        }
    }
}
