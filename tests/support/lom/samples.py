"""LOM records of our own making, one clean, one dirty, one small: for golden files and whole-record tests."""

from __future__ import annotations

FULL = b"""<lom xmlns="http://ltsc.ieee.org/xsd/LOM">
  <general>
    <identifier><catalog>URI</catalog><entry>https://bron.example/res/7</entry></identifier>
    <title><string language="en">Adding fractions</string><string language="nl">Breuken optellen</string></title>
    <language>nl</language>
    <description><string language="nl">Leerlingen tellen breuken op &amp; oefenen.</string></description>
    <keyword><string language="nl">breuken</string><string language="en">fractions</string></keyword>
    <coverage><string language="nl">Vlaanderen</string></coverage>
    <structure><source>LOMv1.0</source><value>atomic</value></structure>
    <aggregationLevel><source>LOMv1.0</source><value>2</value></aggregationLevel>
  </general>
  <lifeCycle>
    <version><string language="x-none">1.2</string></version>
    <status><source>LOMv1.0</source><value>final</value></status>
    <contribute>
      <role><source>LOMv1.0</source><value>publisher</value></role>
      <entity>BEGIN:VCARD
VERSION:3.0
N:Uitgeverij Bron;;;;
FN:Uitgeverij Bron
ORG:Uitgeverij Bron
END:VCARD</entity>
      <date><dateTime>2021-09-01</dateTime></date>
    </contribute>
    <contribute>
      <role><source>LOMv1.0</source><value>author</value></role>
      <entity>BEGIN:VCARD
VERSION:3.0
N:Peeters;An;;;
FN:An Peeters
EMAIL;TYPE=INTERNET:an.peeters@school.example
TEL:+32 2 123 45 67
URL:https://orcid.org/0000-0002-1825-0097
END:VCARD</entity>
    </contribute>
  </lifeCycle>
  <metaMetadata>
    <identifier><catalog>bron</catalog><entry>m-7</entry></identifier>
    <metadataSchema>LOMv1.0</metadataSchema>
    <language>nl</language>
  </metaMetadata>
  <technical>
    <format>text/html</format>
    <format>application/pdf</format>
    <size>20480</size>
    <location>https://bron.example/res/7</location>
    <location>https://bron.example/res/7.pdf</location>
    <requirement><orComposite>
      <type><source>LOMv1.0</source><value>browser</value></type>
      <name><source>LOMv1.0</source><value>any</value></name>
    </orComposite></requirement>
    <duration><duration>PT45M</duration></duration>
  </technical>
  <educational>
    <interactivityType><source>LOMv1.0</source><value>active</value></interactivityType>
    <learningResourceType><source>LOMv1.0</source><value>exercise</value></learningResourceType>
    <interactivityLevel><source>LOMv1.0</source><value>medium</value></interactivityLevel>
    <intendedEndUserRole><source>LOMv1.0</source><value>learner</value></intendedEndUserRole>
    <context><source>LOMv1.0</source><value>school</value></context>
    <typicalAgeRange><string language="x-none">12-14</string></typicalAgeRange>
    <difficulty><source>LOMv1.0</source><value>easy</value></difficulty>
    <typicalLearningTime><duration>PT1H</duration></typicalLearningTime>
    <language>nl</language>
  </educational>
  <rights>
    <cost><source>LOMv1.0</source><value>no</value></cost>
    <copyrightAndOtherRestrictions><source>LOMv1.0</source><value>yes</value></copyrightAndOtherRestrictions>
    <description><string language="en">CC BY-SA 4.0</string></description>
  </rights>
  <relation>
    <kind><source>LOMv1.0</source><value>ispartof</value></kind>
    <resource><identifier><catalog>URI</catalog><entry>https://bron.example/course/1</entry></identifier></resource>
  </relation>
  <annotation>
    <entity>BEGIN:VCARD
VERSION:3.0
N:Janssens;Jan;;;
FN:Jan Janssens
END:VCARD</entity>
    <date><dateTime>2022-02-03</dateTime></date>
    <description><string language="nl">Werkt goed in de klas.</string></description>
  </annotation>
  <classification>
    <purpose><source>LOMv1.0</source><value>discipline</value></purpose>
    <taxonPath>
      <source><string language="x-none">https://w3id.org/kim/schulfaecher/</string></source>
      <taxon><id>http://w3id.org/kim/schulfaecher/s1017</id>
        <entry><string language="de">Mathematik</string></entry></taxon>
    </taxonPath>
  </classification>
</lom>"""
"""Clean: it validates against the strict schema; one contributor has an e-mail address and a phone."""

DIRTY = b"""<lom xmlns="http://ltsc.ieee.org/xsd/lom" xmlns:f="urn:foreign">
  <general>
    <identifier><catalog/><entry>  doi:10.1234/x </entry></identifier>
    <title>  Photosynthesis
    </title>
    <language>eng</language><language>none</language><language>mul</language>
    <description><string>&lt;p&gt;Plants &amp;amp; light&lt;/p&gt;</string></description>
    <description><string>  </string></description>
    <keyword><string>plants, light, leaves; chlorophyll</string></keyword>
    <keyword/>
    <keyword>   </keyword>
    <f:generalResourceType>x</f:generalResourceType>
  </general>
  <lifecycle>
    <contribute><role><value>Autor</value></role><entity>Silva, Ana (ana@uni.example)</entity>
      <date><datetime>2020-01-01T10:00:00Z</datetime></date></contribute>
    <contribute><role><value>publisher</value></role><entity> </entity></contribute>
    <contribute><role><source>LOMv1.0</source><value>author</value></role>
      <entity>BEGIN:VCARD VERSION:3.0 FN:Rui Costa EMAIL:rui@uni.example END:VCARD</entity></contribute>
  </lifecycle>
  <technical>
    <format>PDF</format><size>1,5 MB</size>
    <location> www.uni.example/a page </location>
    <duration><duration>P2W</duration></duration>
  </technical>
  <educational>
    <learningResourceType><source>LREv3.0</source><value>slide</value></learningResourceType>
    <context><source>LREv3.0</source><value>compulsory education</value></context>
    <typicalAgeRange><string>from 12 years</string></typicalAgeRange>
    <typicalLearningTime><duration>PT0S</duration><description><string>short</string></description></typicalLearningTime>
  </educational>
  <rights><copyright>yes</copyright>
    <description><string language="en">Licensed under a <![CDATA[<a href="http://www.creativecommons.org/licenses/by/2.0/be">
      Creative Commons</a>]]> licence</string></description></rights>
  <relation><kind><value>hasThumbnail</value></kind>
    <resource><description><string>https://uni.example/t.png</string></description></resource></relation>
  <classification><purpose><value>discipline</value></purpose>
    <taxonPath><source><string>local list</string></source>
      <taxon><id>12</id></taxon><taxon><id>BIO</id><entry>Biology</entry></taxon></taxonPath></classification>
</lom>"""
"""Dirty: wrong namespace and names, bare text, packed and empty keywords, cards on one line, HTML, and so on."""

SMALL = b"""<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string>T</string></title></general>
<technical><location>https://a.example/</location></technical></lom>"""
