using System.Globalization;
using System.Text;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Names of the C# as PTX identifiers. A prefix keeps them apart from PTX's own words: max is an instruction.</summary>
internal static class PtxNames
{
    public static string Of(KernelParameter parameter) => "param_" + Clean(parameter.Name);

    public static string Of(Variable variable) => variable.Space switch
    {
        VariableSpace.Shared => "shared_",
        VariableSpace.Global => "global_",
        VariableSpace.Local => "local_",
        _ => "const_",
    } + Clean(variable.Name);

    /// <summary>Letters, digits and _ stay; anything else becomes its code.</summary>
    private static string Clean(string name)
    {
        var clean = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
                clean.Append(c);
            else
                clean.Append(CultureInfo.InvariantCulture, $"${(int)c:x4}");
        }
        return clean.ToString();
    }
}
