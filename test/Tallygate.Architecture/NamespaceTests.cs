using ArchUnitNET.Domain;
using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;

namespace Tallygate.Architecture;

/// <summary>Inside a room the namespaces form no circle either.</summary>
public sealed class NamespaceTests
{
    public static TheoryData<string> Rooms() =>
        [.. TypeTests.Rooms.Select(r => r.GetName().Name!).Where(name => name != "tallygate")];

    [Theory, MemberData(nameof(Rooms))]
    public void Namespaces_of_a_room_form_no_circle(string room)
    {
        var loaded = new ArchLoader().LoadAssemblies(TypeTests.Rooms.Single(r => r.GetName().Name == room)).Build();
        var slices = SliceRuleDefinition.Slices().Matching(room + ".(*)");
        if (slices.GetObjects(loaded).Count() < 2)
        {
            return;
        }

        var result = slices.Should().BeFreeOfCycles().Evaluate(loaded).Where(r => !r.Passed).Select(r => r.Description).ToList();
        Assert.Empty(result);
    }
}
