using CogVideoX.Compiler.Frontend;
using CogVideoX.Compiler.Ir;
using CogVideoX.Compiler.Language;

namespace CogVideoX.Compiler.Tests.Frontend;

/// <summary>Translates kernels of these tests.</summary>
internal static class Translation
{
    public static Function Of<TKernel>(CompileOptions? options = null)
        where TKernel : IKernel => Translator.Translate(typeof(TKernel), options ?? new CompileOptions());

    public static string TextOf<TKernel>(CompileOptions? options = null)
        where TKernel : IKernel => IrText.Of(Of<TKernel>(options));

    /// <summary>The instructions that a kernel became, in no particular order of blocks.</summary>
    public static List<Instruction> InstructionsOf<TKernel>()
        where TKernel : IKernel => [.. Of<TKernel>().Blocks.SelectMany(block => block.Instructions)];
}
