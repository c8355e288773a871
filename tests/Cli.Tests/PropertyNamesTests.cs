using System.Reflection;
using CogVideoX.Cli.Verbs;
using CogVideoX.Pipelines;

namespace CogVideoX.Cli.Tests;

/// <summary>From properties of the library to options of the command line.</summary>
public sealed class PropertyNamesTests
{
    public static TheoryData<string> Properties =>
    [
        .. new[] { typeof(GenerationRequest), typeof(GenerationFiles), typeof(LoraOptions) }
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
            .Where(property => property.CanWrite).Select(property => property.Name),
    ];

    [Theory]
    [MemberData(nameof(Properties))]
    public void EveryPropertyOfARequestHasAnOptionOfGenerate(string property)
    {
        string option = PropertyNames.Of(property);
        var command = new GenerateOptions().ToCommand("generate", "");
        Assert.Contains(option, command.Options.Select(known => known.Name).Concat(command.Arguments.Select(known => known.Name)));
    }

    [Fact]
    public void MessagesOfTheLibraryAreToldInTheWordsOfTheCommandLine() =>
        Assert.Equal("--trace and --width", PropertyNames.InWordsOfOptions("GenerationFiles.Trace and GenerationRequest.Width"));
}
