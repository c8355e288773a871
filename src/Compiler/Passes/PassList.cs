using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Passes;

/// <summary>Stands in until the passes are merged.</summary>
internal static class PassList
{
    public static void Run(Function function, bool verify) =>
        throw new NotImplementedException($"the passes aren't merged yet: {function.Name}, {verify}");
}
