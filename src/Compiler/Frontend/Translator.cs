using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Frontend;

/// <summary>Stands in until the frontend is merged.</summary>
internal static class Translator
{
    public static Function Translate(Type kernel, CompileOptions options) =>
        throw new NotImplementedException($"the frontend isn't merged yet: {kernel}, {options.Target}");
}
